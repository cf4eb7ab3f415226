"""The first three days of a new means: it pays little, so that the household can hear of it.

Whatever spends a household's points asks here, before the ledger.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import bindparam, exists, func, select

from app.kernel import clock
from app.kernel.db import db
from app.kernel.ids import uuid7
from app.points import ledger
from app.points.means.errors import CoolingOff
from app.points.means.models import CooledPayment, CoolOff
from app.register.households.locking import lock_households

COOL_OFF = timedelta(hours=72)
DAY_POINTS = 500  # of all new means of a household: salt and soap

_IS_COOLING = select(
    exists().where(
        CoolOff.county_id == bindparam("county"),
        CoolOff.household_id == bindparam("household"),
        CoolOff.means_id.in_(bindparam("means", expanding=True)),
        CoolOff.ends_at > bindparam("at"),
    )
)


def begin(*, county_id: int, household_id: UUID, means_id: UUID, at: datetime) -> None:
    """Let this means pay little for three days, if the household has points to lose."""
    if not ledger.household_points(county_id, household_id, day=clock.day_of(at)):
        return
    db.session.add(
        CoolOff(
            county_id=county_id,
            id=uuid7(at),
            household_id=household_id,
            means_id=means_id,
            begun_at=at,
            ends_at=at + COOL_OFF,
        )
    )


def is_cooling(
    county_id: int, household_id: UUID, means_ids: Collection[UUID], at: datetime
) -> bool:
    """Whether one of the means is new to the household."""
    asked = {"county": county_id, "household": household_id, "means": list(means_ids), "at": at}
    return bool(db.session.connection().scalar(_IS_COOLING, asked))


def check(
    county_id: int, household_id: UUID, means_ids: Collection[UUID], points: int, at: datetime
) -> None:
    """Of a new means, whether it may still pay so much; nobody else pays for it until the commit.

    Call it before rows are written that refer to the household.

    Raises:
        CoolingOff: it is, and the points are more than it may still pay today.
    """
    if is_cooling(county_id, household_id, means_ids, at):
        _check_little(county_id, household_id, points, at)


def spend(
    county_id: int, household_id: UUID, means_ids: Collection[UUID], points: int, at: datetime
) -> None:
    """``check``, and count what a new means pays now. Raises CoolingOff."""
    if is_cooling(county_id, household_id, means_ids, at):
        spend_little(county_id, household_id, points, at)


def spend_little(county_id: int, household_id: UUID, points: int, at: datetime) -> None:
    """``spend`` with a means that is known to be new. Raises CoolingOff."""
    _check_little(county_id, household_id, points, at)
    db.session.add(
        CooledPayment(
            county_id=county_id,
            id=uuid7(at),
            household_id=household_id,
            points=points,
            paid_at=at,
        )
    )


def _check_little(county_id: int, household_id: UUID, points: int, at: datetime) -> None:
    lock_households([household_id])
    left = DAY_POINTS - _paid_today(county_id, household_id, at)
    if points > left:
        raise CoolingOff(left=left)


def _paid_today(county_id: int, household_id: UUID, at: datetime) -> int:
    paid = db.session.scalars(
        select(func.coalesce(func.sum(CooledPayment.points), 0)).where(
            CooledPayment.county_id == county_id,
            CooledPayment.household_id == household_id,
            CooledPayment.paid_at >= clock.day_start(clock.day_of(at)),
        )
    ).one()
    return int(paid)
