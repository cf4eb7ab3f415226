"""Checks in doubt: finding them when they come, and what a person decides about them.

Until then the check that was there first counts, and the one in doubt earns nothing.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from app.kernel import audit, clock
from app.kernel.db import db, locked
from app.kernel.ids import uuid7
from app.register import trust
from app.register.households.models import Household
from app.register.identity.caller import Caller
from app.register.identity.roles import Role
from app.register.regions import queries as regions
from app.sorting.inspections import awarding
from app.sorting.inspections.errors import (
    ConflictNotFound,
    ConflictResolved,
    OutcomeUnfit,
)
from app.sorting.inspections.models import (
    Check,
    CheckConflict,
    CheckState,
    ConflictReason,
    Grade,
    Outcome,
)
from app.sorting.inspections.settings import settings_of

RESOLVERS = (Role.VILLAGE_ADMIN, Role.TOWN_ADMIN, Role.COUNTY_ADMIN)
CLOCK_AHEAD_MAX = timedelta(minutes=5)  # a phone's clock may be so fast


@dataclass(frozen=True)
class Moment:
    """When a check counts, and whether the phone's clock can be believed."""

    at: datetime
    is_clock_off: bool


@dataclass(frozen=True)
class Claim:
    """What somebody says of a household."""

    user_id: UUID
    household: Household
    is_assigned: bool
    grade: Grade | None


@dataclass(frozen=True)
class Doubt:
    """Why a person must look, and the check that it contradicts."""

    reason: ConflictReason
    first_check_id: UUID | None = None


def moment(county_id: int, phone_time: datetime | None, received_at: datetime) -> Moment:
    """The phone's time if the record came in time and not from the future; else the server's."""
    if phone_time is None:
        return Moment(received_at, is_clock_off=False)
    late = timedelta(days=settings_of(county_id).late_record_days_max)
    if not received_at - late <= phone_time <= received_at + CLOCK_AHEAD_MAX:
        return Moment(received_at, is_clock_off=True)
    return Moment(min(phone_time, received_at), is_clock_off=False)


def doubt(claim: Claim, moment: Moment) -> Doubt | None:
    """Whether a person must decide about the claim. The household's lock is held."""
    if moment.is_clock_off:
        return Doubt(ConflictReason.CLOCK_OFF)
    if not claim.is_assigned:
        return Doubt(ConflictReason.NOT_ASSIGNED)
    if claim.grade is None:
        return None
    day = clock.day_of(moment.at)
    first = db.session.scalar(
        select(Check.id)
        .where(
            Check.county_id == claim.household.county_id,
            Check.household_id == claim.household.id,
            Check.at >= clock.day_start(day),
            Check.at < clock.day_end(day),
            Check.state == CheckState.COUNTED,
            Check.checked_by != claim.user_id,
            Check.grade != claim.grade,
        )
        .order_by(Check.id)
        .limit(1)
    )
    return None if first is None else Doubt(ConflictReason.GRADES_DIFFER, first)


def note_down(check: Check, doubt: Doubt, at: datetime) -> None:
    """Put a held check on the list of what a person must look at."""
    db.session.add(
        CheckConflict(
            county_id=check.county_id,
            id=uuid7(at),
            check_id=check.id,
            first_check_id=doubt.first_check_id,
            household_id=check.household_id,
            village_id=check.village_id,
            reason=doubt.reason,
            found_at=at,
        )
    )


def resolve(
    *, conflict_id: UUID, outcome: Outcome, note: str, by: Caller, at: datetime
) -> CheckConflict:
    """Decide which of the checks count, and why. A check that now counts earns under the caps.

    The points of a check that no longer counts stay where they are: taking them back needs two
    people, and a reversal of its award.

    Raises:
        ConflictNotFound, ConflictResolved: there is nothing to decide.
        SamePerson, SameHousehold, Related: the caller or somebody close to them made one of the
            checks, or it is about such a household.
        OutcomeUnfit: it chooses between two checks where there is one, or the reverse.
    """
    conflict = _unresolved(conflict_id, by)
    if outcome.is_for_two != (conflict.first_check_id is not None):
        raise OutcomeUnfit()
    check = db.session.get_one(Check, (by.county_id, conflict.check_id))
    first = (
        db.session.get_one(Check, (by.county_id, conflict.first_check_id))
        if conflict.first_check_id is not None
        else None
    )
    makers = {check.checked_by, *([first.checked_by] if first else [])}
    concerned = trust.Concerned(households=[conflict.household_id])
    trust.beside(makers, by.user_id, concerned=concerned, at=at)
    awarding.lock_paid(check.household_id, check.liaison_id)
    conflict.outcome, conflict.note = outcome, note
    conflict.resolved_by, conflict.resolved_at = by.user_id, at
    if first is not None and outcome is Outcome.KEEP_LATER:
        first.state = CheckState.SET_ASIDE
    counts = outcome in {Outcome.KEEP_LATER, Outcome.KEEP_BOTH, Outcome.COUNT}
    check.state = CheckState.COUNTED if counts else CheckState.SET_ASIDE
    audit.record(
        "checks.resolve_conflict",
        county_id=by.county_id,
        actor_id=by.user_id,
        subject=("check_conflict", conflict.id),
        at=at,
        household_id=conflict.household_id,
        check_id=str(check.id),
        reason=conflict.reason.value,
        outcome=outcome.value,
    )
    if counts:
        awarding.award(check, at)
    return conflict


def _unresolved(conflict_id: UUID, by: Caller) -> CheckConflict:
    """The conflict, locked, so that of two who decide the second sees what the first did."""
    conflict = db.session.scalar(
        locked(
            select(CheckConflict).where(
                CheckConflict.county_id == by.county_id,
                CheckConflict.id == conflict_id,
                CheckConflict.village_id.in_(regions.inside(by.places(*RESOLVERS))),
            )
        )
    )
    if conflict is None:
        raise ConflictNotFound()
    if conflict.outcome is not None:
        raise ConflictResolved()
    return conflict
