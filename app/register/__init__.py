"""Who and what exists: regions, people and their roles, households."""
