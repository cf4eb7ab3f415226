"""Entering counties and the places in them.

Towns and villages are entered by the county, groups also by a roster: a typing error in a
spreadsheet must not make a village.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from app.kernel import audit
from app.kernel.db import db, locked
from app.kernel.ids import uuid7
from app.register.regions import queries
from app.register.regions.errors import (
    BadName,
    CountyExists,
    CountyNotFound,
    NothingInsideGroup,
    RegionExists,
    RegionNotFound,
)
from app.register.regions.models import CounterLimit, County, Region, RegionKind

NAME_LENGTH_MAX = 30
PHOTO_MONTHS_MAX = 120


def create_county(*, county_id: int, name: str, at: datetime) -> Region:
    """Enter a county by its six-digit division code; returns the root of its tree.

    Raises:
        CountyExists: the code is taken.
        BadName: the name is empty or too long.
    """
    name = _checked(name)
    if db.session.get(County, county_id) is not None:
        raise CountyExists(county_id=county_id)
    db.session.add(County(id=county_id, name=name, auto_release_limit_fen=0, created_at=at))
    db.session.flush()  # the region refers to the county without a relationship
    root_id = uuid7(at)
    root = Region(
        id=root_id,
        county_id=county_id,
        parent_id=None,
        kind=RegionKind.COUNTY,
        name=name,
        path=[root_id],
        created_at=at,
    )
    db.session.add(root)
    audit.record(
        "regions.create_county",
        county_id=county_id,
        actor_id=None,
        subject=("region", root_id),
        at=at,
    )
    return root


def add_region(
    *, county_id: int, parent_id: UUID, name: str, actor_id: UUID | None, at: datetime
) -> Region:
    """Enter a town in a county, a village in a town or a group in a village.

    Raises:
        RegionNotFound: no such parent in this county.
        NothingInsideGroup: the parent is a group.
        RegionExists: the parent already holds a region of this name.
        BadName: the name is empty or too long.
    """
    name = _checked(name)
    wanted = locked(select(Region).where(Region.county_id == county_id, Region.id == parent_id))
    # A roster import holds this until it commits: rows that refer to the parent need not wait.
    parent = db.session.scalar(wanted.with_for_update(key_share=True))
    if parent is None:
        raise RegionNotFound()
    kind = parent.kind.child
    if kind is None:
        raise NothingInsideGroup()
    if queries.child(parent_id, name) is not None:  # the parent's lock makes two callers take turns
        raise RegionExists()
    region_id = uuid7(at)
    region = Region(
        id=region_id,
        county_id=county_id,
        parent_id=parent_id,
        kind=kind,
        name=name,
        path=[*parent.path, region_id],
        created_at=at,
    )
    db.session.add(region)
    db.session.flush()  # a child refers to its parent without a relationship
    audit.record(
        "regions.add", county_id=county_id, actor_id=actor_id, subject=("region", region_id), at=at
    )
    return region


def set_auto_release_limit(
    *, county_id: int, limit_fen: int, actor_id: UUID | None, at: datetime
) -> County:
    """Let cash-outs up to ``limit_fen`` go to the bank without a second person; 0 lets none.

    Raises:
        CountyNotFound: no such county.
    """
    assert limit_fen >= 0
    county = db.session.get(County, county_id)
    if county is None:
        raise CountyNotFound()
    county.auto_release_limit_fen = limit_fen
    audit.record(
        "regions.set_auto_release_limit",
        county_id=county_id,
        actor_id=actor_id,
        subject=("county", county_id),
        at=at,
        limit_fen=limit_fen,
    )
    return county


def set_cash_out_day_limit(
    *, county_id: int, limit_fen: int | None, actor_id: UUID | None, at: datetime
) -> County:
    """Let a merchant ask for ``limit_fen`` a day at most; None sets no limit.

    Raises:
        CountyNotFound: no such county.
    """
    assert limit_fen is None or limit_fen > 0
    county = db.session.get(County, county_id)
    if county is None:
        raise CountyNotFound()
    audit.record(
        "regions.set_cash_out_day_limit",
        county_id=county_id,
        actor_id=actor_id,
        subject=("county", county_id),
        at=at,
        before_fen=county.cash_out_day_limit_fen,
        after_fen=limit_fen,
    )
    county.cash_out_day_limit_fen = limit_fen
    return county


def set_counter_limits(
    *,
    county_id: int,
    limits: Mapping[CounterLimit, int | None],
    actor_id: UUID | None,
    at: datetime,
) -> County:
    """Change the named limits at counters, in points; None sets no limit, where there may be none.

    Raises:
        CountyNotFound: no such county.
    """
    county = db.session.get(County, county_id)
    if county is None:
        raise CountyNotFound()
    for limit, points in limits.items():
        assert points is None or points >= 0
        setattr(county, limit.value, points)
    audit.record(
        "regions.set_counter_limits",
        county_id=county_id,
        actor_id=actor_id,
        subject=("county", county_id),
        at=at,
        **{limit.value: points for limit, points in limits.items()},
    )
    return county


@dataclass(frozen=True)
class OrderTimes:
    """How long the orders of a county may take."""

    prepare_hours: int  # until they are ready, 1 to 336
    pick_up_days: int  # until they are handed over, 1 to 31
    substitute_minutes: int  # until a household answers, 10 to 2880


def set_order_times(
    *, county_id: int, times: OrderTimes, actor_id: UUID | None, at: datetime
) -> County:
    """Say after what time orders end by themselves; those that are under way keep their times.

    Raises:
        CountyNotFound: no such county.
    """
    county = db.session.get(County, county_id)
    if county is None:
        raise CountyNotFound()
    county.order_prepare_hours = times.prepare_hours
    county.order_pick_up_days = times.pick_up_days
    county.substitute_minutes = times.substitute_minutes
    audit.record(
        "regions.set_order_times",
        county_id=county_id,
        actor_id=actor_id,
        subject=("county", county_id),
        at=at,
        **vars(times),
    )
    return county


def set_visit_days(
    *,
    county_id: int,
    visit_due_days: int,
    late_record_days_max: int,
    actor_id: UUID | None,
    at: datetime,
) -> County:
    """Say after how many days a household is due, and how late a record without network may come.

    Raises:
        CountyNotFound: no such county.
    """
    assert 1 <= visit_due_days <= 366
    assert 0 <= late_record_days_max <= 31
    county = db.session.get(County, county_id)
    if county is None:
        raise CountyNotFound()
    county.visit_due_days, county.late_record_days_max = visit_due_days, late_record_days_max
    audit.record(
        "regions.set_visit_days",
        county_id=county_id,
        actor_id=actor_id,
        subject=("county", county_id),
        at=at,
        visit_due_days=visit_due_days,
        late_record_days_max=late_record_days_max,
    )
    return county


def set_photo_months(*, county_id: int, months: int, actor_id: UUID | None, at: datetime) -> County:
    """Keep the pictures of photos for so many months; 1 to 120.

    Raises:
        CountyNotFound: no such county.
    """
    assert 0 < months <= PHOTO_MONTHS_MAX
    county = db.session.get(County, county_id)
    if county is None:
        raise CountyNotFound()
    audit.record(
        "regions.set_photo_months",
        county_id=county_id,
        actor_id=actor_id,
        subject=("county", county_id),
        at=at,
        before=county.photo_months,
        after=months,
    )
    county.photo_months = months
    return county


def _checked(name: str) -> str:
    name = name.strip()
    if not 0 < len(name) <= NAME_LENGTH_MAX:
        raise BadName()
    return name
