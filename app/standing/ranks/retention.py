"""Ranks: what an award was reckoned from."""

from app.kernel.retention import Kept

KEPT = (
    Kept("boards"),
    Kept("places", why="proof of awards, as long as they are kept"),
)
