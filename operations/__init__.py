"""Assembles and runs the rest: finds the domains, builds the application, works and proves."""
