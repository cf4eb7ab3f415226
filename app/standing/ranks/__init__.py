"""Places among neighbours: who earned most in a group's month, a village's half-year or year."""
