"""Accounts of staff at a computer: password, second factor, sessions, lock-out. No HTTP here."""
