"""What is remembered of a photo, so that it is known when it comes again."""
