"""How far the villages' money reaches, and who is told when it runs low."""
