"""Roles: proposed by one administrator, confirmed by another who has seen the document."""
