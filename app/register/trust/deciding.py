"""Deciding about a row that somebody else proposed."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from app.kernel import decisions
from app.register.identity.queries import roles_at
from app.register.trust.beside import NOBODY, Concerned, beside
from app.register.trust.errors import SameOffice


def check(
    row: decisions.Decided,
    *,
    by: UUID,
    at: datetime,
    concerned: Concerned = NOBODY,
    read: str | None = None,
    other_office: bool = False,
) -> None:
    """Refuse the user as the second person; for who writes the decision at the end of its work.

    The caller holds the row's lock. ``read`` is the digest of what the user has read, where it may
    have changed meanwhile. With ``other_office`` the two must not hold the same role.

    Raises:
        AlreadyDecided: there is nothing to decide.
        SamePerson, SameHousehold, Related, Interested, TooFresh: ``by`` is not beside who proposed
            it.
        SameOffice: they hold a role that who proposed it held when they did.
        MovedOn: it is something else than was read.
    """
    decisions.check_open(row)
    # What came by command is nobody's: anybody apart from it is the second.
    makers = [row.proposed_by] if row.proposed_by else []
    beside(makers, by, concerned=concerned, at=at)
    if other_office and _share_an_office(row, by, at):
        raise SameOffice()
    if read is not None:
        decisions.check_read(row, read)


def decide(
    row: decisions.Decided,
    *,
    to: StrEnum,
    by: UUID,
    at: datetime,
    concerned: Concerned = NOBODY,
    read: str | None = None,
    other_office: bool = False,
) -> None:
    """Decide as the second person; the caller then does what was agreed. Raises as ``check``."""
    check(row, by=by, at=at, concerned=concerned, read=read, other_office=other_office)
    decisions.decide(row, to=to, by=by, at=at)


def _share_an_office(row: decisions.Decided, by: UUID, at: datetime) -> bool:
    if row.proposed_by is None or row.proposed_at is None:
        return False
    return bool(roles_at(row.proposed_by, row.proposed_at) & roles_at(by, at))
