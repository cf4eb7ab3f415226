"""Notices, and how they reach people."""
