"""Deeds of value and power before people: the auditor's morning list, and "in your name"."""
