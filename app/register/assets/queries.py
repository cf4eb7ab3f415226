"""What a code says to whom, which assets there are, and which villages lack one."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, bindparam, select
from sqlalchemy.orm import aliased

from app.kernel.db import db
from app.kernel.lists import Listed, Wanted, listed
from app.register.assets import bags, codes
from app.register.assets.errors import AssetNotFound, CodeUnknown
from app.register.assets.labelling import ATTACHERS
from app.register.assets.models import (
    OF_A_VILLAGE,
    Asset,
    AssetKind,
    AssetState,
    AssetStep,
    Label,
    LabelEnd,
    LabelState,
    Medium,
)
from app.register.assets.streams import Stream
from app.register.households.models import Household
from app.register.identity.caller import Caller
from app.register.regions import queries as regions
from app.register.regions.models import Region, RegionKind


@dataclass(frozen=True)
class ShownAsset:
    """An asset as who works in its area reads it."""

    id: UUID
    kind: AssetKind
    number: str
    name: str
    region_id: UUID
    region: str
    inside_id: UUID | None
    household_id: UUID | None
    door_number: str | None
    streams: Sequence[Stream]
    is_kept_apart: bool
    litres: int | None
    tare_grams: int | None
    plate: str | None
    lat_e6: int | None
    lon_e6: int | None
    state: AssetState
    details: Mapping[str, Any]
    labels: Sequence[Label] = ()
    steps: Sequence[AssetStep] = ()


@dataclass(frozen=True)
class Scanned:
    """What a code says to this caller."""

    code: str
    what: str  # asset, blank, ended, bag
    asset: ShownAsset | None = None  # for who works in its area, and for whose it is
    kind: AssetKind | None = None
    stream: Stream | None = None  # of a bag
    household_id: UUID | None = None  # of a bag, for who works there
    ended_because: LabelEnd | None = None
    may: Sequence[str] = ()  # attach, replace


@dataclass(frozen=True)
class PublicAsset:
    """What anybody may know who scans a label in the street: never whose it is."""

    kind: AssetKind
    number: str
    village: str
    streams: Sequence[str]
    state: AssetState
    is_replaced: bool  # the label is an old one


def assets(
    county_id: int, places: Collection[UUID], wanted: Wanted, *, asset_id: UUID | None = None
) -> Listed[ShownAsset]:
    """The assets in the places, newest first."""
    query = _shown().where(
        Asset.county_id == county_id, Asset.region_id.in_(regions.inside(places))
    )
    if asset_id is not None:
        query = query.where(Asset.id == asset_id)
    return listed(query, Asset, wanted).each(lambda row: _row(*row))


def asset(county_id: int, places: Collection[UUID], asset_id: UUID) -> ShownAsset:
    """One of them with its labels and steps.

    Raises:
        AssetNotFound: it is not in the places.
    """
    found = assets(county_id, places, Wanted(limit=1), asset_id=asset_id)
    if not found:
        raise AssetNotFound()
    labels = db.session.scalars(select(Label).where(Label.asset_id == asset_id).order_by(Label.id))
    steps = db.session.scalars(
        select(AssetStep)
        .where(AssetStep.county_id == county_id, AssetStep.asset_id == asset_id)
        .order_by(AssetStep.ordinal)
    )
    shown = vars(found[0]) | {"labels": labels.all(), "steps": steps.all()}
    return ShownAsset(**shown)


def scan(text: str, by: Caller) -> Scanned:
    """What was scanned, and what the caller may do about it.

    Raises:
        CodeMisread, BagForged: no code of ours.
        CodeUnknown: of no label of the county.
    """
    is_chip = codes.is_chip(text)
    code = codes.read_chip(text) if is_chip else codes.read(text)
    if not is_chip and code.startswith(codes.BAG):
        return _scanned_bag(code, by)
    label = db.session.scalar(
        select(Label).where(Label.county_id == by.county_id, Label.code == code)
    )
    if label is None:
        raise CodeUnknown()
    works = bool(by.places(*ATTACHERS))
    if label.asset_id is None:
        return Scanned(code, "blank", may=("attach",) if works else ())
    seen = _seen(label.asset_id, by)
    what = "ended" if label.state is LabelState.ENDED else "asset"
    kind = db.session.scalars(select(Asset.kind).where(Asset.id == label.asset_id)).one()
    is_at_work = seen is not None and works
    return Scanned(
        code,
        what,
        asset=seen,
        kind=kind,
        ended_because=label.end_reason,
        may=("replace",) if is_at_work else (),
    )


def public(text: str) -> PublicAsset:
    """What the page behind a label says to anybody.

    Raises:
        CodeMisread, CodeUnknown: no label that hangs or hung somewhere.
    """
    village = aliased(Region)
    row = db.session.execute(
        select(Label.state, Asset, village.name)
        .join(Asset, Asset.id == Label.asset_id)
        .join(village, village.id == Asset.region_id)
        .where(Label.code == codes.read(text), Label.medium == Medium.QR)
    ).one_or_none()
    if row is None:
        raise CodeUnknown()
    state, found, name = row
    return PublicAsset(
        kind=found.kind,
        number=found.number,
        village=name,
        streams=found.streams,
        state=found.state,
        is_replaced=state is LabelState.ENDED,
    )


@dataclass(frozen=True)
class End:
    """An asset as one end of a hand-over, and the regions it lies in, from the county down."""

    id: UUID
    kind: AssetKind
    household_id: UUID | None
    litres: int | None
    path: Sequence[UUID]

    @property
    def region_id(self) -> UUID:
        return self.path[-1]

    @property
    def village_id(self) -> UUID | None:
        """Its village; none of what serves several."""
        return self.path[VILLAGE_LEVEL] if len(self.path) > VILLAGE_LEVEL else None


VILLAGE_LEVEL = list(RegionKind).index(RegionKind.VILLAGE)
_ENDS = (
    select(Asset.id, Asset.kind, Asset.household_id, Asset.litres, Region.path)
    .join(Region, Region.id == Asset.region_id)
    .where(
        Asset.county_id == bindparam("county"),
        Asset.id.in_(bindparam("assets", expanding=True)),
        Asset.state != AssetState.RETIRED,
    )
)


def ends(county_id: int, asset_ids: Collection[UUID]) -> dict[UUID, End]:
    """Those of the assets that the county has and are not gone for good, in one question."""
    asked = {"county": county_id, "assets": list(asset_ids)}
    return {row.id: End(*row) for row in db.session.execute(_ENDS, asked)}


@dataclass(frozen=True)
class Lacking:
    """A village and the places that it should have and has not."""

    id: UUID
    town: str
    village: str
    lacks: Sequence[AssetKind]


def lacking(places: Collection[UUID]) -> list[Lacking]:
    """The villages in the places that lack one in use of a kind that each should have."""
    villages = regions.villages(places)
    region = aliased(Region)
    rows = db.session.execute(
        select(region.path, Asset.kind)
        .join(region, region.id == Asset.region_id)
        .where(
            Asset.kind.in_(OF_A_VILLAGE),
            Asset.state == AssetState.PLACED,
            Asset.region_id.in_(regions.inside(village.id for village in villages)),
        )
    )
    has = {(place, kind) for path, kind in rows for place in path}
    found = []
    for village in villages:
        lacks = [kind for kind in OF_A_VILLAGE if (village.id, kind) not in has]
        if lacks:
            found.append(Lacking(village.id, village.town, village.name, lacks))
    return found


def _scanned_bag(code: str, by: Caller) -> Scanned:
    bag = bags.bag(by.county_id, code)
    household_id = bag.household_id
    if household_id is not None and household_id != by.household_id:
        group_id = db.session.get_one(Household, household_id).group_id
        if not regions.is_inside(group_id, by.places(*ATTACHERS)):
            household_id = None
    return Scanned(code, "bag", stream=bag.stream, household_id=household_id)


def _seen(asset_id: UUID, by: Caller) -> ShownAsset | None:
    found = assets(by.county_id, by.places(*ATTACHERS), Wanted(limit=1), asset_id=asset_id)
    if found:
        return found[0]
    if by.household_id is None:
        return None
    own = _shown().where(Asset.id == asset_id, Asset.household_id == by.household_id)
    row = db.session.execute(own).one_or_none()
    return None if row is None else _row(*row)


def _shown() -> Select[*tuple[Any, ...]]:
    return (
        select(Asset, Region.name, Household.door_number)
        .join(Region, Region.id == Asset.region_id)
        .outerjoin(Household, and_(Household.id == Asset.household_id))
    )


def _row(found: Asset, region: str, door_number: str | None) -> ShownAsset:
    given = {"region", "door_number", "streams", "labels", "steps"}
    names = {each.name for each in fields(ShownAsset)} - given
    return ShownAsset(
        **{name: getattr(found, name) for name in names},
        region=region,
        door_number=door_number,
        streams=[Stream(stream) for stream in found.streams],
    )
