"""Inspections planned by week: drawn, visited, scored, and looked at again."""
