"""Ticking a deed; telling people what was done in their name, and auditors what waits."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from app.agreements.morning import queries
from app.agreements.morning.errors import DeedNotFound, SeenAlready
from app.agreements.morning.models import SeenDeed
from app.agreements.morning.notices import DEEDS_UNSEEN, IN_YOUR_NAME
from app.agreements.morning.queries import InName
from app.agreements.morning.words import counted
from app.kernel import audit
from app.kernel.db import db
from app.kernel.ids import uuid7
from app.messages import notices
from app.register import trust
from app.register.identity.caller import Caller
from app.register.identity.roles import Role
from app.register.regions import queries as regions


def see(*, event_id: UUID, note: str, by: Caller, at: datetime) -> None:
    """Tick a deed as seen, with a sentence about it.

    Raises:
        DeedNotFound: the list of the caller's county does not show it.
        SamePerson, SameHousehold, Related: it is the caller's own, or of somebody close to them.
        SeenAlready: somebody did.
    """
    event = queries.event(by.county_id, event_id)
    if event is None:
        raise DeedNotFound()
    trust.beside([event.actor_id] if event.actor_id else [], by.user_id, at=at)
    tick = {"event_id": event_id, "seen_by": by.user_id, "seen_at": at, "note": note}
    ticked = db.session.scalar(
        insert(SeenDeed)
        .values(county_id=by.county_id, id=uuid7(at), **tick)
        .on_conflict_do_nothing(index_elements=["county_id", "event_id"])
        .returning(SeenDeed.id)
    )
    if ticked is None:
        raise SeenAlready()
    audit.record(
        "deeds.see",
        county_id=by.county_id,
        actor_id=by.user_id,
        subject=("audit_event", event_id),
        at=at,
    )


def tell_in_name(done: InName, *, on: date, at: datetime) -> None:
    """Tell one person, once for each day, what was done in their name."""
    told = notices.ToUser(done.user_id, on.isoformat(), {"what": counted(done.deeds)})
    notices.tell(IN_YOUR_NAME, [told], county_id=done.county_id, at=at)


def remind(*, county_id: int, count: int, on: date, at: datetime) -> None:
    """Tell a county's auditors, once a day, how many deeds nobody has ticked for three days."""
    place = regions.root(county_id).id
    told = notices.ToOfficials(Role.AUDITOR, place, on.isoformat(), {"count": count})
    notices.tell(DEEDS_UNSEEN, [told], county_id=county_id, at=at)
