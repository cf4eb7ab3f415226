"""Merchants that take points, and their shops in the villages."""
