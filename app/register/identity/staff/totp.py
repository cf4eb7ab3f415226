"""The six digits of an authenticator on a phone (RFC 6238: SHA-1, 30 seconds)."""

import base64
import hmac
import secrets
from datetime import datetime
from urllib.parse import quote

SECONDS = 30
SECRET_BYTES = 20
DIGITS = 6
_AROUND = (-1, 0, 1)  # a clock may be off


def new_secret() -> str:
    """160 bits in base32, as authenticators read them."""
    return base64.b32encode(secrets.token_bytes(SECRET_BYTES)).decode()


def address(secret: str, *, login: str) -> str:
    """What the QR code of an authenticator holds."""
    label = quote(f"Fen:{login}")
    return f"otpauth://totp/{label}?secret={secret}&issuer=Fen&digits={DIGITS}&period={SECONDS}"


def step_of(code: str, secret: str, *, at: datetime, after: int) -> int | None:
    """The step whose code it is, if it is later than ``after``; else None."""
    now = int(at.timestamp()) // SECONDS
    for step in (now + around for around in _AROUND):
        if step > after and hmac.compare_digest(code_of(secret, step), code):
            return step
    return None


def code_of(secret: str, step: int) -> str:
    """The digits of one step."""
    mac = hmac.digest(base64.b32decode(secret), step.to_bytes(8, "big"), "sha1")
    offset = mac[-1] & 0x0F
    number = int.from_bytes(mac[offset : offset + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**DIGITS:0{DIGITS}d}"
