"""What one person enters of a household's life: no points change hands. The household is told."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from app.agreements.life.notices import HOUSEHOLD_REGISTERED
from app.agreements.life.service import check_group, reached
from app.kernel.db import db
from app.kernel.ids import uuid7
from app.messages import notices
from app.register import trust
from app.register.households.life import Change, ChangeKind, HouseholdChange, Seen, service
from app.register.households.life.service import Preview
from app.register.identity.caller import Caller

WHAT = {ChangeKind.MOVE: "搬家", ChangeKind.BIRTH: "家里添了人", ChangeKind.DEATH: "家里有人去世"}


def move(
    *,
    household_id: UUID,
    group_id: UUID,
    door_number: str,
    from_on: date,
    document: Seen,
    by: Caller,
    at: datetime,
) -> Change:
    """A move within the village. Raises HouseholdNotFound: it, or the group, is not in reach."""
    check_group(reached(household_id, by), group_id)
    facts = {
        "group_id": str(group_id),
        "door_number": door_number,
        "from_on": from_on.isoformat(),
    }
    return _change(ChangeKind.MOVE, household_id, facts, document, by, at)


def birth(*, household_id: UUID, document: Seen, by: Caller, at: datetime) -> Change:
    """A child, who has no row. Raises HouseholdNotFound."""
    reached(household_id, by)
    return _change(ChangeKind.BIRTH, household_id, {}, document, by, at)


def death(
    *, household_id: UUID, member_id: UUID, document: Seen, by: Caller, at: datetime
) -> Change:
    """The death of a member. Raises HouseholdNotFound."""
    reached(household_id, by)
    return _change(ChangeKind.DEATH, household_id, {"member_id": str(member_id)}, document, by, at)


def preview(change: Change) -> Preview:
    """What it would do, or what must be done first. Nothing changes."""
    return service.preview(change)


def enter(change: Change, *, by: Caller) -> HouseholdChange:
    """Enter it; the household is told, and by whom it was done is on the trace.

    Raises:
        SameHousehold, Related: it is of the caller's own household, or one related to it.
        what the change itself is refused for.
    """
    concerned = trust.Concerned(households=[change.household_id])
    trust.beside([], by.user_id, concerned=concerned, at=change.at)
    service.carry_out(change)
    told = notices.ToHousehold(
        change.household_id, str(change.id), {"what": WHAT[change.kind]}, by.user_id
    )
    notices.tell(HOUSEHOLD_REGISTERED, [told], county_id=change.county_id, at=change.at)
    return db.session.get_one(HouseholdChange, (change.county_id, change.id))


def _change(
    kind: ChangeKind,
    household_id: UUID,
    facts: Mapping[str, Any],
    document: Seen,
    by: Caller,
    at: datetime,
) -> Change:
    return Change(
        county_id=by.county_id,
        id=uuid7(at),
        kind=kind,
        household_id=household_id,
        other_id=None,
        facts=facts,
        document=document,
        asked_by=by.user_id,
        agreed_by=None,
        at=at,
    )
