"""Real-name households, their members and who is bound to them."""
