"""What is printed on a card: a text for the camera, and a number for typing."""

import re
from dataclasses import dataclass

from app.kernel.digits import are_digits, new_digits, random_text
from app.kernel.secrets import token_digest

PREFIX = "FENC1."
TOKEN_LENGTH = 24  # of 62 characters: 142 bits, which nobody can guess
_QR = re.compile(rf"{re.escape(PREFIX)}[0-9A-Za-z]{{{TOKEN_LENGTH}}}")


@dataclass(frozen=True)
class Token:
    """A new card in clear: its only appearance."""

    qr: str
    number: str


def new_token() -> Token:
    """A card nobody has seen, as text for a QR code and as nine digits to type."""
    return Token(qr=PREFIX + random_text(TOKEN_LENGTH), number=new_digits())


def is_qr(text: str) -> bool:
    return _QR.fullmatch(text) is not None


def is_number(text: str) -> bool:
    return are_digits(text)


def digest(qr: str) -> bytes:
    """Without a key, so that a change of keys does not end the cards of a county."""
    return token_digest(qr)
