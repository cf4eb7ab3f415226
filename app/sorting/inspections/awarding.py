"""What a check earns, once it counts."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, select

from app.kernel import clock
from app.kernel.db import db
from app.points import awards
from app.register.households.locking import lock_households
from app.register.households.models import Household, Member
from app.register.identity import queries as identity
from app.register.identity.roles import OFFICIALS
from app.sorting.inspections.models import Check, CheckState, Grade

_RULES = {
    Grade.A: awards.Rule.CHECKED_A,
    Grade.B: awards.Rule.CHECKED_B,
    Grade.C: awards.Rule.CHECKED_C,
}


def lock_paid(household_id: UUID, liaison_id: UUID | None) -> None:
    """Make everybody who decides about those whom a check may pay take turns."""
    ids = {household_id}
    if liaison_id is not None:
        ids |= {db.session.get_one(Member, liaison_id).household_id}
    lock_households(ids)


def award(check: Check, at: datetime) -> None:
    """Award the household by its grade and, by the policy, the liaison who came to its door.

    A household earns its liaison once a day, however often it is reported. Each is paid by their
    own village. Booth keepers and collectors are paid for this work by those who employ them: they
    earn no points. Call it last in the transaction.

    Raises:
        NoPolicy: the county had no points policy on the day of the check.
    """
    if check.grade is None:
        return
    events = [
        awards.Event(
            household_id=check.household_id,
            village_id=check.village_id,
            rule=_RULES[check.grade],
            evidence_kind=awards.Evidence.CHECK,
            evidence_id=check.id,
            happened_at=check.at,
        )
    ]
    if check.liaison_id is not None and not _looked_before(check):
        events.append(_inspected(check, check.liaison_id))
    awards.decide(
        county_id=check.county_id,
        events=events,
        decided_by=check.checked_by,
        decided_as=check.checked_as,
        at=at,
    )


def _looked_before(check: Check) -> bool:
    """Whether the liaison's look at this household counted before on the day, under its lock."""
    day = clock.day_of(check.at)
    found = exists().where(
        Check.county_id == check.county_id,
        Check.household_id == check.household_id,
        Check.at >= clock.day_start(day),
        Check.at < clock.day_end(day),
        Check.liaison_id.is_not(None),
        Check.state == CheckState.COUNTED,
        Check.id != check.id,
    )
    return bool(db.session.scalar(select(found)))


def _inspected(check: Check, liaison_id: UUID) -> awards.Event:
    household = db.session.scalars(
        select(Household)
        .join(Member, Member.household_id == Household.id)
        .where(Member.id == liaison_id)
    ).one()
    return awards.Event(
        household_id=household.id,
        village_id=household.village_id,
        rule=awards.Rule.INSPECTION,
        evidence_kind=awards.Evidence.CHECK,
        evidence_id=check.id,
        happened_at=check.at,
        is_official=identity.person_holds(check.checked_by, OFFICIALS),
    )
