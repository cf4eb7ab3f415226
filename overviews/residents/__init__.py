"""What a household sees of its day, its month and its points."""
