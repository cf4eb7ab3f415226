"""The whole trace before the county's auditor: any act by anybody on anybody's data."""
