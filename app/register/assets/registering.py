"""Entering assets, correcting what is known of them, and moving them through their states."""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select, update
from sqlalchemy.dialects.postgresql import insert

from app.kernel import audit
from app.kernel.db import db
from app.kernel.ids import uuid7
from app.register.assets.errors import (
    AssetNotFound,
    FactsUnfit,
    HouseholdNotFound,
    NumberTaken,
    PlaceNotFound,
    PositionNeeded,
    StepNotPossible,
)
from app.register.assets.models import FIXED, Asset, AssetKind, AssetState, AssetStep
from app.register.assets.streams import Stream, in_order
from app.register.households.models import Household
from app.register.identity.caller import Caller
from app.register.identity.roles import Role
from app.register.regions import queries as regions

REGISTRARS = (Role.VILLAGE_ADMIN, Role.TOWN_ADMIN, Role.COUNTY_ADMIN)


@dataclass(frozen=True)
class Facts:
    """What is known of an asset, all of it but its kind, number and state."""

    name: str
    region_id: UUID
    streams: Collection[Stream] = ()
    is_kept_apart: bool = False
    inside_id: UUID | None = None
    household_id: UUID | None = None
    litres: int | None = None
    tare_grams: int | None = None
    plate: str | None = None
    lat_e6: int | None = None
    lon_e6: int | None = None
    details: Mapping[str, Any] = field(default_factory=dict)

    def columns(self) -> dict[str, Any]:
        return asdict(self) | {"streams": in_order(set(self.streams))}


def enter(*, kind: AssetKind, number: str, facts: Facts, by: Caller, at: datetime) -> Asset:
    """Enter an asset in the caller's area; it is not in use yet.

    Raises:
        PlaceNotFound, HouseholdNotFound, AssetNotFound: what it names is not in the area.
        FactsUnfit: they do not fit its kind.
        NumberTaken: the county has one of this kind and number, or of this plate.
    """
    check_facts(kind, facts, by)
    columns = {"county_id": by.county_id, "kind": kind, "number": number, **facts.columns()}
    asset_id = db.session.scalar(
        insert(Asset)
        .values(id=uuid7(at), state=AssetState.NEW, step=1, created_at=at, **columns)
        .on_conflict_do_nothing()
        .returning(Asset.id)
    )
    if asset_id is None:
        raise NumberTaken()
    asset = db.session.get_one(Asset, asset_id)
    _step(asset, None, "登记", by, at)
    _trace("assets.enter", asset, by, at, kind=kind.value)
    return asset


def change(*, asset_id: UUID, facts: Facts, by: Caller, at: datetime) -> Asset:
    """Correct what is known of an asset.

    Raises:
        AssetNotFound, PlaceNotFound, HouseholdNotFound: it, or what it names, is not in the area.
        FactsUnfit: they do not fit its kind, or what stands would have no place.
        NumberTaken: another vehicle has this plate.
    """
    asset = asset_of(asset_id, by)
    check_facts(asset.kind, facts, by, asset_id)
    if asset.state is AssetState.PLACED and asset.kind in FIXED and facts.lat_e6 is None:
        raise FactsUnfit(why="正在使用的地方要有位置")
    taken = select(Asset.id).where(
        Asset.county_id == by.county_id, Asset.plate == facts.plate, Asset.id != asset_id
    )
    if facts.plate is not None and db.session.scalar(taken) is not None:
        raise NumberTaken()
    columns = facts.columns()
    changed = sorted(name for name in columns if columns[name] != getattr(asset, name))
    for name in changed:
        setattr(asset, name, columns[name])
    db.session.flush()
    _trace("assets.change", asset, by, at, changed=changed)
    return asset


def move(*, asset_id: UUID, state: AssetState, reason: str, by: Caller, at: datetime) -> Asset:
    """Put an asset to use, out of use, or note that it is lost or gone for good.

    Raises:
        AssetNotFound: it is not in the area.
        StepNotPossible: not from where it stands, or somebody else just moved it.
        PositionNeeded: nobody has said where it stands.
    """
    asset = asset_of(asset_id, by)
    was = asset.state
    if not was.may_become(state):
        raise StepNotPossible()
    if state is AssetState.PLACED and asset.kind in FIXED and asset.position is None:
        raise PositionNeeded()
    moved = db.session.scalar(
        update(Asset)
        .where(Asset.id == asset_id, Asset.state == was, Asset.step == asset.step)
        .values(state=state, step=Asset.step + 1)
        .returning(Asset.id)
    )
    if moved is None:
        raise StepNotPossible()
    db.session.refresh(asset)
    _step(asset, was, reason, by, at)
    _trace("assets.move", asset, by, at, reason=reason, state=state.value)
    return asset


def asset_of(asset_id: UUID, by: Caller, roles: Collection[Role] = REGISTRARS) -> Asset:
    """An asset in an area where the caller holds one of the roles.

    Raises:
        AssetNotFound: there is none.
    """
    asset = db.session.scalar(
        select(Asset).where(
            Asset.county_id == by.county_id,
            Asset.id == asset_id,
            Asset.region_id.in_(regions.inside(by.places(*roles))),
        )
    )
    if asset is None:
        raise AssetNotFound()
    return asset


def check_facts(kind: AssetKind, facts: Facts, by: Caller, asset_id: UUID | None = None) -> None:
    """Refuse facts that contradict each other or reach beyond the caller's area."""
    places = by.places(*REGISTRARS)
    if not regions.is_inside(facts.region_id, places):
        raise PlaceNotFound()
    if (kind is AssetKind.VEHICLE) != (facts.plate is not None):
        raise FactsUnfit(why="车辆要填车牌或编号牌，其他设施不填")
    if kind is AssetKind.DOOR_PLATE and facts.household_id is None:
        raise FactsUnfit(why="户牌要选是哪一户的")
    if (facts.lat_e6 is None) != (facts.lon_e6 is None):
        raise FactsUnfit(why="经度和纬度要一起填写")
    if facts.household_id is not None:
        home = select(Household.id).where(
            Household.county_id == by.county_id,
            Household.id == facts.household_id,
            Household.group_id.in_(regions.inside(places)),
        )
        if db.session.scalar(home) is None:
            raise HouseholdNotFound()
    if facts.inside_id is not None:
        around = asset_of(facts.inside_id, by)
        holds = asset_id is not None and db.session.scalar(
            select(Asset.id).where(Asset.inside_id == asset_id).limit(1)
        )
        if around.inside_id is not None or around.id == asset_id or holds:
            raise FactsUnfit(why="设施里面只能再放一层设施")


def taken_numbers(county_id: int, found: Collection[tuple[AssetKind, str]]) -> list[Asset]:
    """The assets that have one of these numbers."""
    of_each = [(Asset.kind == kind) & (Asset.number == number) for kind, number in found]
    return list(
        db.session.scalars(select(Asset).where(Asset.county_id == county_id, or_(*of_each)))
    )


def _step(asset: Asset, was: AssetState | None, reason: str, by: Caller, at: datetime) -> None:
    db.session.add(
        AssetStep(
            county_id=asset.county_id,
            id=uuid7(at),
            asset_id=asset.id,
            ordinal=asset.step,
            came_from=was,
            state=asset.state,
            moved_by=by.user_id,
            moved_at=at,
            reason=reason,
        )
    )


def _trace(action: str, asset: Asset, by: Caller, at: datetime, **details: Any) -> None:
    audit.record(
        action,
        county_id=asset.county_id,
        actor_id=by.user_id,
        subject=("asset", asset.id),
        at=at,
        household_id=asset.household_id,
        **details,
    )
