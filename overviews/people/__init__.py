"""Who somebody is, and what waits for them."""
