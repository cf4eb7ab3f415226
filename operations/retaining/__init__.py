"""What is kept of people, and the sweep that ends it."""
