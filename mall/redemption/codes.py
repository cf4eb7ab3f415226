"""The text of pay codes: one form for the camera, one for typing."""

import re
from dataclasses import dataclass

from app.kernel.digits import new_digits, random_text
from app.kernel.secrets import vault

PREFIX = "FEN1."
SHOP_PREFIX = "FENS1."  # of a code that hangs in a shop
SECRET_LENGTH = 22  # of 62 characters: 130 bits, which nobody can guess
_QR = re.compile(rf"{re.escape(PREFIX)}[0-9A-Za-z]{{{SECRET_LENGTH}}}")
PURPOSE = "pay_code"


@dataclass(frozen=True)
class Secret:
    """A new code in clear: its only appearance."""

    qr: str
    digits: str


def new_secret() -> Secret:
    """A code nobody has seen, as text for a QR code and as nine digits to type.

    The digits are worthless without a shop's session and the limit of wrong ones.
    """
    return Secret(qr=PREFIX + random_text(SECRET_LENGTH), digits=new_digits())


def new_shop_token() -> str:
    """The text of a code for a shop to hang up, which says nothing about the shop."""
    return SHOP_PREFIX + random_text(SECRET_LENGTH)


def is_qr(text: str) -> bool:
    return _QR.fullmatch(text) is not None


def qr_digest(county_id: int, text: str) -> bytes:
    return vault().digest(f"{county_id}:qr:{text}", PURPOSE)


def digits_digest(county_id: int, text: str) -> bytes:
    return vault().digest(f"{county_id}:digits:{text}", PURPOSE)
