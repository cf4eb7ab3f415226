"""Vouchers of chain stores and online malls, bought with points: each code is sold once."""
