"""What counts only when a second person agrees to it."""
