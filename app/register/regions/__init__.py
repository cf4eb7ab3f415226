"""Counties, towns, villages and groups."""
