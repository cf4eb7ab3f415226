"""How well households, groups, villages, towns and the county do: rates, scores and bands."""
