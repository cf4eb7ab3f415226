"""Taking back an award or a redemption: one person proposes, another confirms."""
