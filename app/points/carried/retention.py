"""What changes of households carried: part of the books."""

from app.kernel.retention import Kept

KEPT = (Kept("change_points", why="the books"),)
