"""Where a household's waste went, what was handed over at an asset, and a collector's day."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Select, exists, or_, select

from app.kernel import clock
from app.kernel.db import db
from app.kernel.lists import Listed, Wanted, listed
from app.kernel.secrets import masked_name
from app.register.assets.models import Asset, AssetKind
from app.register.assets.streams import Stream
from app.register.households.models import Household, HouseholdState, Member
from app.register.identity.caller import Caller
from app.register.regions import queries as regions
from app.register.regions.models import Region
from app.waste.collection.balance import Load, loads, outs_after
from app.waste.collection.correcting import SETTLERS
from app.waste.collection.errors import NotHere
from app.waste.collection.handing_over import HANDERS
from app.waste.collection.models import Handover, HandoverState, Leg

LEGS_MAX, BRANCHES_MAX = 5, 20
READERS = (*HANDERS, *SETTLERS)


@dataclass(frozen=True)
class JourneyLeg:
    """A step of the way, as the household reads it: no names of people, no plates."""

    ordinal: int  # how many hands it had gone through, from 1
    at: datetime
    stream: Stream
    leg: Leg
    to_kind: AssetKind
    place: str
    grams: int | None  # of the whole hand-over, in which the household's is a part


@dataclass(frozen=True)
class Journey:
    """Where what a household put out of one stream on a day went, as far as it is known."""

    stream: Stream
    grams: int | None  # the household's own
    legs: Sequence[JourneyLeg]
    rests_at: AssetKind | None  # where it still is; none: it has reached a plant


@dataclass(frozen=True)
class ToCollect:
    """A household of a collector's day."""

    id: UUID
    group: str
    door_number: str
    head: str  # masked
    is_done: bool
    asset_ids: Sequence[UUID]  # its bins and door plates


def journeys(county_id: int, household_id: UUID, day: date) -> list[Journey]:
    """Where the household's waste of a day went, a journey a hand-over."""
    firsts = db.session.scalars(
        select(Handover)
        .where(
            Handover.county_id == county_id,
            Handover.from_household_id == household_id,
            Handover.at >= clock.day_start(day),
            Handover.at < clock.day_end(day),
            Handover.state != HandoverState.VOID,
        )
        .order_by(Handover.at, Handover.id)
    ).all()
    return [_journey(county_id, first) for first in firsts]


def _journey(county_id: int, first: Handover) -> Journey:
    found = [(1, first)]
    front, resting = [first], []
    for ordinal in range(2, LEGS_MAX + 1):
        following = []
        for handover in front:
            if handover.leg is Leg.RECEIPT:
                continue
            outs = outs_after(county_id, handover, most=BRANCHES_MAX)
            if not any(out.empties for out in outs):
                resting.append(handover)
            following += outs
        front = following[: BRANCHES_MAX - len(found)]
        found += [(ordinal, handover) for handover in front]
    resting += [handover for handover in front if handover.leg is not Leg.RECEIPT]
    places = _places({handover.to_asset_id for _, handover in found})
    legs = [
        JourneyLeg(
            ordinal=ordinal,
            at=handover.at,
            stream=handover.stream,
            leg=handover.leg,
            to_kind=places[handover.to_asset_id][0],
            place=places[handover.to_asset_id][1],
            grams=handover.grams,
        )
        for ordinal, handover in found
    ]
    rests_at = places[resting[-1].to_asset_id][0] if resting else None
    return Journey(first.stream, first.grams, legs, rests_at)


def _places(asset_ids: Iterable[UUID]) -> dict[UUID, tuple[AssetKind, str]]:
    rows = db.session.execute(
        select(Asset.id, Asset.kind, Region.name)
        .join(Region, Region.id == Asset.region_id)
        .where(Asset.id.in_(list(asset_ids)))
    )
    return {id_: (kind, name) for id_, kind, name in rows}


def handovers(by: Caller, asset_id: UUID | None, wanted: Wanted) -> Listed[Handover]:
    """What came into and left the assets of the caller's area, or one of them, newest first."""
    query = select(Handover).where(Handover.county_id == by.county_id)
    if asset_id is not None:
        query = query.where(
            or_(Handover.from_asset_id == asset_id, Handover.to_asset_id == asset_id),
            _in_the_area_of(by, asset_id).exists(),
        )
    else:
        query = query.where(Handover.village_id.in_(regions.inside(by.places(*READERS))))
    return listed(query, Handover, wanted, day=Handover.at)


def loads_of(by: Caller, asset_id: UUID, stream: Stream, day: date) -> list[Load]:
    """The loads of an asset of the caller's area that were begun, or went on, on a day.

    Raises:
        NotHere: there is no such asset in the area.
    """
    if db.session.scalar(_in_the_area_of(by, asset_id)) is None:
        raise NotHere()
    return loads(
        by.county_id, asset_id, stream, since=clock.day_start(day), until=clock.day_end(day)
    )


def to_collect(by: Caller, places: Collection[UUID], *, at: datetime) -> list[ToCollect]:
    """The households of a collector's area with what hangs at their doors, by door."""
    today = clock.day_of(at)
    done = exists().where(
        Handover.county_id == by.county_id,
        Handover.from_household_id == Household.id,
        Handover.at >= clock.day_start(today),
        Handover.at < clock.day_end(today),
        Handover.state != HandoverState.VOID,
    )
    rows = db.session.execute(
        select(Household.id, Region.name, Household.door_number, Member.name, done)
        .join(Region, Region.id == Household.group_id)
        .join(Member, (Member.household_id == Household.id) & Member.is_head)
        .where(
            Household.county_id == by.county_id,
            Household.group_id.in_(regions.inside(places)),
            Household.state != HouseholdState.CLOSED,
        )
        .order_by(Region.name, Household.door_number, Household.id)
    ).all()
    hanging: dict[UUID, list[UUID]] = {}
    of_households = select(Asset.household_id, Asset.id).where(
        Asset.county_id == by.county_id, Asset.household_id.in_([row[0] for row in rows])
    )
    for household_id, asset_id in db.session.execute(of_households.order_by(Asset.id)):
        assert household_id is not None, "asked for by it"
        hanging.setdefault(household_id, []).append(asset_id)
    return [
        ToCollect(id_, group, door, masked_name(head), is_done, hanging.get(id_, []))
        for id_, group, door, head, is_done in rows
    ]


def _in_the_area_of(by: Caller, asset_id: UUID) -> Select[UUID]:
    return select(Asset.id).where(
        Asset.county_id == by.county_id,
        Asset.id == asset_id,
        Asset.region_id.in_(regions.inside(by.places(*READERS))),
    )
