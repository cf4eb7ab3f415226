"""What is printed on a card: a text for the camera, and a number for typing."""

import re
import secrets
import string
from dataclasses import dataclass

from app.kernel.secrets import token_digest
from mall.redemption import codes

PREFIX = "FENC1."
TOKEN_LENGTH = 24  # of 62 characters: 142 bits, which nobody can guess
_QR = re.compile(rf"^{re.escape(PREFIX)}[0-9A-Za-z]{{{TOKEN_LENGTH}}}$")


@dataclass(frozen=True)
class Token:
    """A new card in clear: its only appearance."""

    qr: str
    number: str


def new_token() -> Token:
    """A card nobody has seen, as text for a QR code and as nine digits to type."""
    qr = PREFIX + "".join(secrets.choice(codes.BASE62) for _ in range(TOKEN_LENGTH))
    body = f"{secrets.randbelow(10**codes.DIGITS_LENGTH):0{codes.DIGITS_LENGTH}}"
    number = next(body + last for last in string.digits if codes.are_digits(body + last))
    return Token(qr=qr, number=number)


def is_qr(text: str) -> bool:
    return _QR.match(text) is not None


def is_number(text: str) -> bool:
    """Nine digits whose last one fits the others, so that a slip of one digit is noticed."""
    return codes.are_digits(text)


def digest(qr: str) -> bytes:
    """Without a key, so that a change of keys does not end the cards of a county."""
    return token_digest(qr)
