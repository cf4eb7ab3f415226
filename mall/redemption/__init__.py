"""Paying at a shop with a one-time code on the household's phone."""
