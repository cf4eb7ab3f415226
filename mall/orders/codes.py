"""The digits that a household shows when it gets its goods."""

import secrets
from uuid import UUID

from app.kernel.secrets import vault
from app.kernel.tries import NobodyCounts, count
from mall.orders.errors import CodeUnavailable, TooManyWrongCodes

DIGITS_LENGTH = 8
FAILED_TRIES_MAX = 5
WINDOW_SECONDS = 60
PREFIX = "FENO1."


def new_digits() -> str:
    """Digits nobody has seen; worthless without the shop's session and the limit."""
    return f"{secrets.randbelow(10**DIGITS_LENGTH):0{DIGITS_LENGTH}}"


def qr(order_id: UUID, digits: str) -> str:
    """The text of the QR code: which order, and its digits."""
    return f"{PREFIX}{order_id.hex}.{digits}"


def digest(county_id: int, order_id: UUID, digits: str) -> bytes:
    return vault().digest(f"{county_id}:{order_id}:{digits}", "order_code")


def count_try(order_id: UUID) -> None:
    """Count a try before anything is locked.

    Raises:
        TooManyWrongCodes: five tries at this order within a minute were wrong.
        CodeUnavailable: nobody can count now.
    """
    try:
        tries = count(f"order_code:failed_tries:{order_id}", WINDOW_SECONDS)
    except NobodyCounts:
        raise CodeUnavailable() from None
    if tries > FAILED_TRIES_MAX:
        raise TooManyWrongCodes()
