"""Towns, villages and groups of a county that has begun: two administrators enter them."""
