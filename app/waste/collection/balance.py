"""What came into an asset and what left it between two emptyings, and whether that can be.

There is no table of loads: a load is what came in after one emptying and up to the next, so that a
record that comes days late falls into its place.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import func, or_, select, tuple_

from app.kernel.db import db
from app.register.assets.streams import Stream
from app.waste.collection.models import Handover, HandoverState
from app.waste.collection.weights import How

WHOLE = 10_000  # basis points
FLOOR_GRAMS = 20_000
LOSS_TOLERANCE = 1_000
WET_LOSS_TOLERANCE = 1_500  # liquor drains from it
GAIN_TOLERANCE = 500
WET = frozenset({Stream.KITCHEN, Stream.CATERING})


class Odd(StrEnum):
    """What cannot be: less left than came in, or more."""

    LOSS = "loss"
    GAIN = "gain"


@dataclass(frozen=True)
class Weight:
    """Grams and how they were found; neither of what nobody weighed."""

    grams: int | None = None
    how: How | None = None

    @property
    def counts(self) -> bool:
        """Whether it was weighed or counted."""
        return self.grams is not None and self.how is not How.RECKONED


@dataclass(frozen=True)
class Balance:
    """Of one load."""

    in_grams: int  # of what was weighed or counted
    out_grams: int | None  # none: some of what left was not weighed
    weighed: int  # of so many that came in
    inflows: int
    odd: Odd | None

    @property
    def difference(self) -> int | None:
        return None if self.out_grams is None else self.in_grams - self.out_grams

    @property
    def basis_points(self) -> int | None:
        """The difference in parts of ten thousand of what came in, rounded down."""
        if self.difference is None or not self.in_grams:
            return None
        return abs(self.difference) * WHOLE // self.in_grams


@dataclass(frozen=True)
class Load:
    """What came in and what left between two emptyings, in order."""

    ins: Sequence[Handover]
    outs: Sequence[Handover]
    is_open: bool  # not emptied yet
    balance: Balance | None  # of what was emptied


def balance(stream: Stream, ins: Sequence[Weight], outs: Sequence[Weight]) -> Balance:
    """Exactly the tolerance is no alarm; what was not weighed on its way in only makes a loss
    larger, but may explain a gain."""
    weighed = [one.grams or 0 for one in ins if one.counts]
    came = sum(weighed)
    if not all(one.counts for one in outs):
        return Balance(came, None, len(weighed), len(ins), None)
    left = sum(one.grams or 0 for one in outs)
    some_unweighed = len(ins) > len(weighed)
    odd = _odd(stream, came, left, some_unweighed=some_unweighed)
    return Balance(came, left, len(weighed), len(ins), odd)


def _odd(stream: Stream, came: int, left: int, *, some_unweighed: bool) -> Odd | None:
    lost = came - left
    tolerance = WET_LOSS_TOLERANCE if stream in WET else LOSS_TOLERANCE
    if lost > FLOOR_GRAMS and lost * WHOLE > tolerance * came:
        return Odd.LOSS
    if -lost > FLOOR_GRAMS and -lost * WHOLE > GAIN_TOLERANCE * came and not some_unweighed:
        return Odd.GAIN
    return None


def loads(
    county_id: int, asset_id: UUID, stream: Stream, *, since: datetime, until: datetime
) -> list[Load]:
    """The loads of an asset of which something left or came in the time, the oldest first."""
    of_asset = (
        Handover.county_id == county_id,
        Handover.stream == stream,
        Handover.state != HandoverState.VOID,
    )
    emptied = select(func.max(Handover.at)).where(
        *of_asset, Handover.from_asset_id == asset_id, Handover.empties, Handover.at < since
    )
    begun = db.session.scalar(emptied)
    query = select(Handover).where(
        *of_asset,
        or_(Handover.from_asset_id == asset_id, Handover.to_asset_id == asset_id),
        Handover.at < until,
    )
    if begun is not None:
        query = query.where(Handover.at >= begun)
    rows = list(db.session.scalars(query.order_by(Handover.at, Handover.id)))
    found = list(_split(rows, asset_id, stream))
    return found[1:] if begun is not None and found and not found[0].is_open else found


def outs_after(county_id: int, handover: Handover, *, most: int) -> list[Handover]:
    """How what was handed over left again: each out of its asset up to the next emptying."""
    rows = db.session.scalars(
        select(Handover)
        .where(
            Handover.county_id == county_id,
            Handover.from_asset_id == handover.to_asset_id,
            Handover.stream == handover.stream,
            Handover.state != HandoverState.VOID,
            tuple_(Handover.at, Handover.id) > (handover.at, handover.id),
        )
        .order_by(Handover.at, Handover.id)
        .limit(most)
    )
    found = []
    for row in rows:
        found.append(row)
        if row.empties:
            break
    return found


def _split(rows: Sequence[Handover], asset_id: UUID, stream: Stream) -> Iterator[Load]:
    ins: list[Handover] = []
    outs: list[Handover] = []
    for row in rows:
        if row.to_asset_id == asset_id:
            ins.append(row)
            continue
        outs.append(row)
        if row.empties:
            yield Load(ins, outs, False, balance(stream, _weights(ins), _weights(outs)))
            ins, outs = [], []
    if ins or outs:
        yield Load(ins, outs, True, None)


def _weights(rows: Sequence[Handover]) -> list[Weight]:
    return [Weight(row.grams, row.how) for row in rows]
