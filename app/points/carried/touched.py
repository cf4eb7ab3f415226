"""Points and debts are touched by whatever lets people of one household live in another."""

from app.points.carried.service import by_change
from app.register.households.life import Touched, touched

POINTS = touched(Touched("points", apply=by_change, is_last=True))
