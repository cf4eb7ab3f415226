"""Deposits of recycling companies: money on the bank's statement becomes theirs to buy with."""
