"""Accounts at computers, as far as it takes two people, or more than the account."""
