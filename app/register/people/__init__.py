"""Human beings, known by their ID numbers."""
