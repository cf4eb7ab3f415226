"""What recyclers paid in."""

from app.kernel.retention import Kept

KEPT = (Kept("deposits", why="the books"),)
