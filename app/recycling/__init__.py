"""Recyclables: weighed, and paid out of what a recycler has paid in."""
