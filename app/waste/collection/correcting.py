"""Taking a hand-over back on the day, and deciding between two sides that differ."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select, update

from app.kernel import audit, clock
from app.kernel.db import db
from app.register import trust
from app.register.identity.caller import Caller
from app.register.identity.roles import Role
from app.register.regions import queries as regions
from app.waste.collection.errors import HandoverNotFound, NotDiffering, VoidTooLate
from app.waste.collection.models import Handover, HandoverState, VoidReason
from app.waste.collection.weights import How

SETTLERS = (Role.VILLAGE_ADMIN, Role.TOWN_ADMIN, Role.COUNTY_ADMIN)


def void(*, handover_id: UUID, reason: VoidReason, by: Caller, at: datetime) -> Handover:
    """Take back a hand-over that the caller recorded today. The check with it stays as it is.

    Raises:
        HandoverNotFound: none that the caller recorded.
        VoidTooLate: another day, or somebody has decided about it.
    """
    handover = db.session.scalar(
        select(Handover).where(
            Handover.county_id == by.county_id,
            Handover.id == handover_id,
            or_(Handover.given_by == by.user_id, Handover.taken_by == by.user_id),
        )
    )
    if handover is None:
        raise HandoverNotFound()
    if clock.day_of(handover.received_at) != clock.day_of(at):
        raise VoidTooLate()
    voided = db.session.scalar(
        update(Handover)
        .where(
            Handover.county_id == by.county_id,
            Handover.id == handover_id,
            Handover.state.not_in([HandoverState.SETTLED, HandoverState.VOID]),
        )
        .values(state=HandoverState.VOID, voided_by=by.user_id, voided_at=at, void_reason=reason)
        .returning(Handover.id)
        .execution_options(synchronize_session=False)
    )
    if voided is None:
        raise VoidTooLate()
    db.session.refresh(handover)
    _trace("collection.void", handover, by, at, reason.value)
    return handover


def settle(*, handover_id: UUID, grams: int, note: str, by: Caller, at: datetime) -> Handover:
    """Decide what counts of a hand-over about which its two sides differ.

    Raises:
        HandoverNotFound: none of the caller's area.
        NotDiffering: its sides agree, or it was settled.
        SamePerson, SameHousehold, Related: the caller is one of the sides, or close to one.
    """
    handover = _in_the_area(handover_id, by)
    makers = {user for user in (handover.given_by, handover.taken_by) if user is not None}
    trust.beside(makers, by.user_id, at=at)
    settled = db.session.scalar(
        update(Handover)
        .where(
            Handover.county_id == by.county_id,
            Handover.id == handover_id,
            Handover.state == HandoverState.DIFFERS,
        )
        .values(
            state=HandoverState.SETTLED,
            settled_by=by.user_id,
            settled_at=at,
            settled_grams=grams,
            settled_note=note,
            grams=grams,
            how=How.TYPED,
        )
        .returning(Handover.id)
        .execution_options(synchronize_session=False)
    )
    if settled is None:
        raise NotDiffering()
    db.session.refresh(handover)
    _trace("collection.settle", handover, by, at, note)
    return handover


def _in_the_area(handover_id: UUID, by: Caller) -> Handover:
    """A hand-over of a village in the caller's area; of what is above a village, the county's."""
    places = by.places(*SETTLERS)
    in_area: ColumnElement[bool] = Handover.village_id.in_(regions.inside(places))
    if regions.root(by.county_id).id in places:
        in_area = or_(in_area, Handover.village_id.is_(None))
    handover = db.session.scalar(
        select(Handover).where(
            Handover.county_id == by.county_id, Handover.id == handover_id, in_area
        )
    )
    if handover is None:
        raise HandoverNotFound()
    return handover


def _trace(action: str, handover: Handover, by: Caller, at: datetime, reason: str) -> None:
    audit.record(
        action,
        county_id=handover.county_id,
        actor_id=by.user_id,
        subject=("handover", handover.id),
        at=at,
        household_id=handover.from_household_id,
        reason=reason,
        grams=handover.grams,
    )
