"""Scores: what an award was reckoned from."""

from app.kernel.retention import Kept, plain

KEPT = (Kept("scores", why="proof of awards, as long as they are kept", plain=plain("items")),)
