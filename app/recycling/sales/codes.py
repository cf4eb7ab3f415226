"""How often the digits that a seller reads out may be typed wrongly."""

from app.kernel.tries import Brake
from app.recycling.sales.errors import CodeUnavailable, TooManyWrongCodes

PURPOSE = "sale_code"
TRIES = Brake(PURPOSE, 5, TooManyWrongCodes, CodeUnavailable)
