"""Codes at rest: sealed, found again by a blind index, and shown by their tail only."""

from uuid import UUID

from app.kernel.secrets import vault

PURPOSE = "voucher_code"
LONG_ENOUGH = 12  # of a code of fewer characters, four would be too much to show


def seal(code_id: UUID, text: str) -> bytes:
    """The code, which opens for this row only."""
    return vault().seal(text, f"{PURPOSE}:{code_id}")


def unseal(code_id: UUID, sealed: bytes) -> str:
    """The code in clear: for a member of the household that bought it, and nobody else."""
    return vault().unseal(sealed, f"{PURPOSE}:{code_id}")


def index(platform_id: UUID, text: str) -> bytes:
    """By which an equal code of the same platform is found."""
    return vault().index(f"{platform_id}:{text}", PURPOSE)


def tail(text: str) -> str:
    """The last characters, by which two parties know that they speak of the same code."""
    return text[-4:] if len(text) >= LONG_ENOUGH else text[-2:]
