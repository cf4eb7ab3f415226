"""The main job told as a story, over real HTTP against real processes: ``make demo``."""
