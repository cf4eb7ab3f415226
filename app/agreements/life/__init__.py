"""Changes of a household in which points change hands: asked by one person, agreed to by others."""
