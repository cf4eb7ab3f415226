"""Self-checks: a household photographs its own sorting, a reviewer judges, points follow."""
