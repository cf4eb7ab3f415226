"""Entering counties and the places in them.

Towns and villages are entered by the county, groups also by a roster: a typing error in a
spreadsheet must not make a village.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from app.kernel import audit, texts
from app.kernel.db import db, locked
from app.kernel.ids import uuid7
from app.register.regions import queries
from app.register.regions.errors import (
    BadName,
    CountyExists,
    NothingInsideGroup,
    RegionExists,
    RegionNotFound,
)
from app.register.regions.models import County, Region, RegionKind

NAME_LENGTH_MAX = 30


def create_county(
    *, county_id: int, name: str, at: datetime, by: tuple[int, UUID] | None = None
) -> Region:
    """Enter a county by its six-digit division code; returns the root of its tree.

    ``by`` is whoever answers for it, and of which county, whose trace keeps it.

    Raises:
        CountyExists: the code is taken.
        BadName: the name is empty, too long or cannot be read.
    """
    name = _checked(name)
    if db.session.get(County, county_id) is not None:
        raise CountyExists(county_id=county_id)
    db.session.add(County(id=county_id, name=name, created_at=at))
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
        county_id=by[0] if by else county_id,
        actor_id=by[1] if by else None,
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
        BadName: the name is empty, too long or cannot be read.
    """
    # A roster import holds this until it commits: rows that refer to the parent need not wait.
    wanted = locked(select(Region).where(Region.county_id == county_id, Region.id == parent_id))
    parent = db.session.scalar(wanted.with_for_update(key_share=True))
    # The parent's lock makes two callers take turns.
    name, kind = _addable(parent, name)
    assert parent is not None, "no place lies in none"
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


def check_addable(*, county_id: int, parent_id: UUID, name: str) -> None:
    """Raises what ``add_region`` does, as things are now."""
    _addable(queries.region(county_id, parent_id), name)


def _addable(parent: Region | None, name: str) -> tuple[str, RegionKind]:
    """The name as it is spelled, and the kind that it would be."""
    name = _checked(name)
    if parent is None:
        raise RegionNotFound()
    kind = parent.kind.child
    if kind is None:
        raise NothingInsideGroup()
    if queries.child(parent.id, name) is not None:
        raise RegionExists()
    return name, kind


def _checked(name: str) -> str:
    name = texts.name(name)
    if not 0 < len(name) <= NAME_LENGTH_MAX or texts.unreadable(name):
        raise BadName()
    return name
