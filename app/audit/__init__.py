"""Who did what, when, to which row; written in the same transaction."""
