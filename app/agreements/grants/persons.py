"""Who the holder of a role is, by the ID number on their document."""

from datetime import datetime
from uuid import UUID

from app.agreements.grants.errors import BadIdNumber
from app.agreements.proposals import secrets
from app.kernel import clock
from app.register.households.roster.checks import id_number_fault
from app.register.identity import service


def checked(id_number: str, at: datetime) -> str:
    """The number as it is kept. Raises BadIdNumber."""
    number = id_number.strip().upper()
    if id_number_fault(number, clock.day_of(at)) is not None:
        raise BadIdNumber()
    return number


def identify(*, user_id: UUID, id_number: str, by: UUID | None, at: datetime) -> None:
    """Enter who the user is; ``by`` has seen the document.

    Raises:
        BadIdNumber: it is none.
        UserNotFound, AnotherPerson: no such user, or they are known to be somebody else.
    """
    service.identify(user_id=user_id, id_number=checked(id_number, at), by=by, at=at)


def kept(id_number: str, *, county_id: int, at: datetime) -> str:
    """The key of the number, for a proposal. Raises BadIdNumber."""
    return secrets.keep(checked(id_number, at), county_id=county_id, at=at)
