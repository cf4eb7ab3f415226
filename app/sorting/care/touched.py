"""The care register, when a household ends: whoever visits the other one looks anew."""

from collections.abc import Iterator

from sqlalchemy import update

from app.kernel import audit
from app.kernel.db import db
from app.register.households.life import Change, ChangeKind, Line, Touched, touched
from app.sorting.care.models import CareEnd, CareEntry


def _apply(change: Change) -> Iterator[Line]:
    if change.kind is not ChangeKind.MERGE:
        return
    ended = db.session.scalar(
        update(CareEntry)
        .where(
            CareEntry.county_id == change.county_id,
            CareEntry.household_id == change.household_id,
            CareEntry.ended_at.is_(None),
        )
        .values(ended_by=change.asked_by, ended_at=change.at, ended_because=CareEnd.MOVED)
        .returning(CareEntry.id)
        .execution_options(synchronize_session=False)
    )
    if ended is None:
        return
    audit.record(
        "care.end",
        county_id=change.county_id,
        actor_id=change.asked_by,
        subject=("care_entry", ended),
        at=change.at,
        household_id=change.household_id,
    )
    yield Line("care", "并走的户在关爱名单里的登记结束，请联系党员看看留下的户要不要登记")


CARE = touched(Touched("care", apply=_apply))
