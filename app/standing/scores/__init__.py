"""Base-and-deduct: a household begins a period with a base, and findings take of it by item."""
