"""The digits that a household shows when it gets its goods."""

import secrets
from uuid import UUID

from app.kernel.secrets import vault
from app.kernel.tries import Brake
from mall.orders.errors import CodeUnavailable, TooManyWrongCodes

DIGITS_LENGTH = 8
PREFIX = "FENO1."
TRIES = Brake("order_code", 5, TooManyWrongCodes, CodeUnavailable)


def new_digits() -> str:
    """Digits nobody has seen; worthless without the shop's session and the limit."""
    return f"{secrets.randbelow(10**DIGITS_LENGTH):0{DIGITS_LENGTH}}"


def qr(order_id: UUID, digits: str) -> str:
    """The text of the QR code: which order, and its digits."""
    return f"{PREFIX}{order_id.hex}.{digits}"


def digest(county_id: int, order_id: UUID, digits: str) -> bytes:
    return vault().digest(f"{county_id}:{order_id}:{digits}", "order_code")
