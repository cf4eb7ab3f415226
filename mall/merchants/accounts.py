"""Account numbers, each sealed for its own row: one that is moved elsewhere does not open."""

from uuid import UUID

from app.kernel.secrets import Sealed, vault

PURPOSE = "bank_account"


def seal(account: str, owner_id: UUID) -> bytes:
    """The number, for one merchant or one application."""
    return vault().seal(account, f"{PURPOSE}:{owner_id}")


def open_account(sealed: bytes, owner_id: UUID) -> str:
    """The number that was sealed for this merchant or application.

    Raises:
        Sealed: it was sealed for another, or altered.
    """
    try:
        return vault().unseal(sealed, f"{PURPOSE}:{owner_id}")
    except Sealed:
        # Those of before were sealed for the column only.
        return vault().unseal(sealed, PURPOSE)
