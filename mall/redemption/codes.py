"""The text of pay codes: one form for the camera, one for typing."""

import re
import secrets
import string
from dataclasses import dataclass

from app.kernel.secrets import vault

PREFIX = "FEN1."
SHOP_PREFIX = "FENS1."  # of a code that hangs in a shop
BASE62 = string.digits + string.ascii_letters
SECRET_LENGTH = 22  # of 62 characters: 130 bits, which nobody can guess
DIGITS_LENGTH = 8  # without the check digit; worthless without a shop's session and the limit
_QR = re.compile(rf"^{re.escape(PREFIX)}[0-9A-Za-z]{{{SECRET_LENGTH}}}$")
_DIGITS = re.compile(rf"^\d{{{DIGITS_LENGTH + 1}}}$", re.ASCII)
PURPOSE = "pay_code"


@dataclass(frozen=True)
class Secret:
    """A new code in clear: its only appearance."""

    qr: str
    digits: str


def new_secret() -> Secret:
    """A code nobody has seen, as text for a QR code and as nine digits to type."""
    qr = PREFIX + _random_text()
    body = f"{secrets.randbelow(10**DIGITS_LENGTH):0{DIGITS_LENGTH}}"
    return Secret(qr=qr, digits=body + _check_digit(body))


def new_shop_token() -> str:
    """The text of a code for a shop to hang up, which says nothing about the shop."""
    return SHOP_PREFIX + _random_text()


def is_qr(text: str) -> bool:
    return _QR.match(text) is not None


def are_digits(text: str) -> bool:
    """Nine digits whose last one fits the others, so that a slip of one digit is noticed."""
    return _DIGITS.match(text) is not None and _check_digit(text[:-1]) == text[-1]


def qr_digest(county_id: int, text: str) -> bytes:
    return vault().digest(f"{county_id}:qr:{text}", PURPOSE)


def digits_digest(county_id: int, text: str) -> bytes:
    return vault().digest(f"{county_id}:digits:{text}", PURPOSE)


def _random_text() -> str:
    return "".join(secrets.choice(BASE62) for _ in range(SECRET_LENGTH))


def _check_digit(digits: str) -> str:
    """The Luhn check digit: any one wrong digit and nearly every swapped pair is caught."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        doubled = int(digit) * (2 if place % 2 == 0 else 1)
        total += doubled - 9 if doubled > 9 else doubled
    return str(-total % 10)
