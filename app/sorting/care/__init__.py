"""Looking after households: whom to visit first, who needs special help, what visitors noted."""
