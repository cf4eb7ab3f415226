"""Orders: goods of a shop that a household chose, paid with points when they are handed over."""
