"""Questions about places. "Inside" is one array test, because each region knows its path."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import aliased

from app.kernel.db import db, locked
from app.kernel.texts import folded
from app.register.regions.errors import CountyNotFound, CountyNotNamed, RegionNotFound
from app.register.regions.models import County, Region, RegionKind


@dataclass(frozen=True)
class Village:
    """A village with the name of its town."""

    id: UUID
    name: str
    town: str


def inside(place_ids: Iterable[UUID]) -> Select[UUID]:
    """The ids of the given regions and of everything that lies in them, as a subquery."""
    return select(Region.id).where(Region.path.overlap(list(place_ids)))


def is_inside(region_id: UUID, place_ids: Iterable[UUID]) -> bool:
    """Whether the region is one of the places or lies in one."""
    found = db.session.scalar(inside(place_ids).where(Region.id == region_id))
    return found is not None


def county(county_id: int) -> County:
    """The county.

    Raises:
        CountyNotFound: there is none of this code.
    """
    found = db.session.get(County, county_id)
    if found is None:
        raise CountyNotFound()
    return found


def named_or_only_county(county_id: int | None) -> County:
    """The county that a newcomer named, or the only one of this installation.

    Raises:
        CountyNotFound: there is none of this code.
        CountyNotNamed: no code was given, and there is not exactly one county.
    """
    if county_id is not None:
        return county(county_id)
    found = db.session.scalars(select(County).limit(2)).all()
    if len(found) != 1:
        raise CountyNotNamed()
    return found[0]


def counties() -> Sequence[County]:
    return db.session.scalars(select(County).order_by(County.id)).all()


def root(county_id: int) -> Region:
    """The region that is the whole county.

    Raises:
        CountyNotFound: there is no such county.
    """
    found = db.session.scalar(
        select(Region).where(Region.county_id == county_id, Region.parent_id.is_(None))
    )
    if found is None:
        raise CountyNotFound()
    return found


def region(county_id: int, region_id: UUID) -> Region | None:
    return db.session.scalar(
        select(Region).where(Region.county_id == county_id, Region.id == region_id)
    )


def child(parent_id: UUID, name: str) -> Region | None:
    """The region directly in the parent that has this name, however it is typed."""
    wanted = folded(name)
    inside = db.session.scalars(select(Region).where(Region.parent_id == parent_id))
    return next((region for region in inside if folded(region.name) == wanted), None)


def by_path(county_id: int, names: Sequence[str]) -> Region | None:
    """The region reached from the county by names: town, village, group. No names: the county."""
    found: Region | None = root(county_id)
    for name in names:
        found = child(found.id, name) if found is not None else None
    return found


def tree(county_id: int) -> Sequence[Region]:
    """All regions of a county, level by level from the county down, by name in each level."""
    rows = db.session.scalars(select(Region).where(Region.county_id == county_id)).all()
    return sorted(rows, key=lambda row: (len(row.path), row.name))


def children(county_id: int, parent_id: UUID) -> Sequence[Region]:
    """What lies directly in a region, by name."""
    return db.session.scalars(
        select(Region)
        .where(Region.county_id == county_id, Region.parent_id == parent_id)
        .order_by(Region.name, Region.id)
    ).all()


def villages(place_ids: Iterable[UUID]) -> list[Village]:
    """The villages among the places or inside them, by town and name."""
    town = aliased(Region)
    rows = db.session.execute(
        select(Region.id, Region.name, town.name)
        .join(town, town.id == Region.parent_id)
        .where(Region.kind == RegionKind.VILLAGE, Region.id.in_(inside(place_ids)))
        .order_by(town.name, Region.name)
    )
    return [Village(id=id_, name=name, town=town_name) for id_, name, town_name in rows]


def paths(region_ids: Iterable[UUID]) -> dict[UUID, Sequence[UUID]]:
    """Each of the regions with all it lies in, from the county down to itself."""
    rows = db.session.execute(select(Region.id, Region.path).where(Region.id.in_(list(region_ids))))
    return {row[0]: row[1] for row in rows}


def groups(village_ids: Iterable[UUID]) -> dict[tuple[UUID, str], UUID]:
    """The groups of the villages, by village and folded name."""
    rows = db.session.execute(
        select(Region.parent_id, Region.name, Region.id).where(
            Region.kind == RegionKind.GROUP, Region.parent_id.in_(list(village_ids))
        )
    )
    return {(village_id, folded(name)): id_ for village_id, name, id_ in rows if village_id}


def named_place(county_id: int, area: str) -> Region:
    """The region named like ``和平镇/前进村``; empty names the county.

    Raises:
        RegionNotFound: there is none.
    """
    found = by_path(county_id, [name for name in area.split("/") if name])
    if found is None:
        raise RegionNotFound()
    return found


def lock_county(county_id: int) -> None:
    """Let those who decide something of the whole county take turns, until commit."""
    db.session.scalars(locked(select(County.id).where(County.id == county_id))).one()
