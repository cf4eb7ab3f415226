"""Measurements (`python -m bench`) and endurance (`python -m bench.torture`).

They run on servers of their own in a temporary home. docs/performance.md says what the figures
mean.
"""
