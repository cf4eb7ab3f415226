"""Who looked at what of a household: a trace that says it once a day."""
