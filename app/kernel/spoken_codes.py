"""Digits that somebody reads out from their phone to say: I stand here, and I agree.

They follow from a row and a key of ours, so nothing keeps them. Who is shown them and how often
wrong ones may be typed is the business of who asks.
"""

from hmac import compare_digest
from uuid import UUID

from app.kernel.secrets import vault

DIGITS_LENGTH = 6


def digits(purpose: str, county_id: int, row_id: UUID) -> str:
    """The code of a row, for one purpose."""
    secret = vault().digest(f"{county_id}:{row_id}", purpose)
    return f"{int.from_bytes(secret[:8], 'big') % 10**DIGITS_LENGTH:0{DIGITS_LENGTH}}"


def are_of(purpose: str, county_id: int, row_id: UUID, typed: str) -> bool:
    """Whether the digits that were typed are the row's."""
    return compare_digest(digits(purpose, county_id, row_id).encode(), typed.encode())
