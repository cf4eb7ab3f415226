"""What a shop sees of its day."""
