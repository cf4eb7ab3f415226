"""Hand-overs: scanned on both sides, weighed, in whatever order their records come."""
