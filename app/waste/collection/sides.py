"""What two sides say of one hand-over, and what counts of it, in whichever order they came."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from json import dumps
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select, update
from sqlalchemy.dialects.postgresql import insert

from app.kernel.db import db
from app.kernel.ids import uuid7
from app.register.assets.streams import Stream
from app.register.identity.roles import Role
from app.waste.collection.errors import PairReused, SameHands, SideTaken
from app.waste.collection.models import Handover, HandoverState, Leg, Side, is_two_sided
from app.waste.collection.weights import How, differ


@dataclass(frozen=True)
class Ends:
    """Of which stream, from where, to where."""

    stream: Stream
    to_asset_id: UUID
    leg: Leg
    from_household_id: UUID | None = None
    from_asset_id: UUID | None = None
    village_id: UUID | None = None

    def named(self) -> dict[str, Any]:
        """As the other side's must agree."""
        source = self.from_household_id or self.from_asset_id
        return {"stream": self.stream.value, "from": str(source), "to": str(self.to_asset_id)}


@dataclass(frozen=True)
class Half:
    """What one side said."""

    by: UUID
    acted_as: Role
    at: datetime
    grams: int | None = None
    how: How | None = None
    photo_id: UUID | None = None


@dataclass(frozen=True)
class Record:
    """A half with all that it is about, as one phone sent it."""

    pair_id: UUID
    line: int
    side: Side
    ends: Ends
    half: Half
    empties: bool = False
    pieces: int | None = None
    offered_as: Stream | None = None
    bag_code: str | None = None
    check_id: UUID | None = None
    position: tuple[int, int] | None = None

    def said(self) -> bytes:
        """A digest of what was said: a repeat says the same, whatever photo comes with it."""
        half = self.half
        words = {
            **self.ends.named(),
            "side": self.side.value,
            "grams": half.grams,
            "how": half.how,
            "empties": self.empties,
            "pieces": self.pieces,
            "offered_as": self.offered_as,
            "bag": self.bag_code,
        }
        return sha256(dumps(words, sort_keys=True).encode()).digest()


_OF_A_PAIR = (
    select(Handover)
    .where(
        Handover.county_id == bindparam("county"),
        Handover.pair_id == bindparam("pair"),
    )
    .order_by(Handover.line)
    .execution_options(populate_existing=True)
)
_INSERT = (
    insert(Handover)
    .on_conflict_do_nothing(index_elements=["county_id", "pair_id", "line"])
    .returning(Handover.id)
)


def of_pair(county_id: int, pair_id: UUID) -> list[Handover]:
    """What was recorded under the id of a pair, by line."""
    return list(db.session.scalars(_OF_A_PAIR, {"county": county_id, "pair": pair_id}))


def write(county_id: int, records: list[Record], *, at: datetime) -> list[Handover]:
    """Write halves of which nothing is known yet, and let those meet that somebody was quicker
    with; all of one pair."""
    fresh = [_columns(county_id, record, at) for record in records]
    db.session.execute(_INSERT, fresh)
    known = of_pair(county_id, records[0].pair_id)
    by_line = {handover.line: handover for handover in known}
    return [met(by_line[record.line], record) for record in records]


def met(known: Handover, record: Record) -> Handover:
    """The hand-over once this half has been said: by a repeat, or by the other side.

    Raises:
        PairReused: the same side said something else under this id.
        SameHands: the other side is the same user.
        SideTaken: somebody else is that side.
    """
    side, half = record.side, record.half
    spoke: UUID | None = getattr(known, f"{side}_by")
    if spoke is not None:
        if spoke != half.by:
            raise SideTaken()
        if getattr(known, f"{side}_said") != record.said():
            raise PairReused()
        return known
    if getattr(known, f"{side.other}_by") == half.by:
        raise SameHands()
    return _joined(known, record)


def _joined(known: Handover, record: Record) -> Handover:
    """Fill in the second half, unless another fills it at this moment."""
    side = record.side
    other = half_of(known, side.other)
    assert other is not None, "somebody spoke first"
    given, taken = (record.half, other) if side is Side.GIVEN else (other, record.half)
    before = ends_of(known)
    values = _side_columns(record) | _counting(record.ends.leg, record.ends.stream, given, taken)
    if record.ends.named() != before.named():
        giver = record.ends if side is Side.GIVEN else before
        values |= {"giver_named": giver.named(), "state": HandoverState.DIFFERS}
        values |= {"grams": None, "how": None}
        if side is Side.TAKEN:
            values |= vars(record.ends)
    values |= _facts(known, record)
    column = Handover.given_by if side is Side.GIVEN else Handover.taken_by
    filled = db.session.scalar(
        update(Handover)
        .where(
            Handover.county_id == known.county_id,
            Handover.id == known.id,
            column.is_(None),
            Handover.state != HandoverState.VOID,
        )
        .values(**values)
        .returning(Handover.id)
        .execution_options(synchronize_session=False)
    )
    db.session.refresh(known)
    if filled is None:
        return met(known, record) if getattr(known, f"{side}_by") is not None else known
    return known


def _facts(known: Handover, record: Record) -> dict[str, Any]:
    """What only one side may have said; where both did, the taker's."""
    found: dict[str, Any] = {"empties": known.empties or record.empties}
    for name in ("pieces", "offered_as"):
        before, now = getattr(known, name), getattr(record, name)
        preferred, other = (now, before) if record.side is Side.TAKEN else (before, now)
        found[name] = preferred if preferred is not None else other
    return found


def half_of(handover: Handover, side: Side) -> Half | None:
    """What a side said, if it has spoken."""
    by = getattr(handover, f"{side}_by")
    if by is None:
        return None
    of_side = {
        name: getattr(handover, f"{side}_{name}") for name in ("at", "grams", "how", "photo_id")
    }
    return Half(by, getattr(handover, f"{side}_as"), **of_side)


def ends_of(handover: Handover) -> Ends:
    return Ends(
        handover.stream,
        handover.to_asset_id,
        handover.leg,
        handover.from_household_id,
        handover.from_asset_id,
        handover.village_id,
    )


def _columns(county_id: int, record: Record, at: datetime) -> dict[str, Any]:
    given = record.half if record.side is Side.GIVEN else None
    taken = record.half if record.side is Side.TAKEN else None
    position = record.position or (None, None)
    return {
        "county_id": county_id,
        "id": uuid7(at),
        "pair_id": record.pair_id,
        "line": record.line,
        **vars(record.ends),
        "offered_as": record.offered_as,
        "empties": record.empties,
        "pieces": record.pieces,
        "bag_code": record.bag_code,
        "check_id": record.check_id,
        "received_at": at,
        "lat_e6": position[0],
        "lon_e6": position[1],
        **_side_columns(record),
        **_counting(record.ends.leg, record.ends.stream, given, taken),
    }


def _side_columns(record: Record) -> dict[str, Any]:
    half, side = record.half, record.side
    return {
        f"{side}_by": half.by,
        f"{side}_as": half.acted_as,
        f"{side}_at": half.at,
        f"{side}_grams": half.grams,
        f"{side}_how": half.how,
        f"{side}_photo_id": half.photo_id,
        f"{side}_said": record.said(),
    }


def _counting(leg: Leg, stream: Stream, given: Half | None, taken: Half | None) -> dict[str, Any]:
    """What counts of two halves: when, how much, and whether they agree."""
    deciding = taken or given
    assert deciding is not None, "somebody spoke"
    if given is None or taken is None:
        state = HandoverState.HALF if is_two_sided(leg, stream) else HandoverState.WHOLE
        return {"at": deciding.at, "grams": deciding.grams, "how": deciding.how, "state": state}
    if _contradict(given, taken):
        return {"at": taken.at, "grams": None, "how": None, "state": HandoverState.DIFFERS}
    best = _better(given, taken)
    return {
        "at": taken.at,
        "grams": best.grams,
        "how": best.how,
        "state": HandoverState.WHOLE,
    }


def _contradict(given: Half, taken: Half) -> bool:
    """Two weights of which neither was reckoned, too far apart: what is reckoned contradicts
    nobody."""
    if given.grams is None or taken.grams is None:
        return False
    is_reckoned = How.RECKONED in {given.how, taken.how}
    return not is_reckoned and differ(given.grams, taken.grams)


def _better(given: Half, taken: Half) -> Half:
    if taken.how is None:
        return given if given.how is not None else taken
    if given.how is None or taken.how.rank <= given.how.rank:
        return taken
    return given
