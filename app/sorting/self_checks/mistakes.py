"""What judges pointed out of photos that were rejected, for the households to see."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, or_, select

from app.kernel.db import db
from app.kernel.waste import WasteKind
from app.sorting.self_checks import advice
from app.sorting.self_checks.models import Review


@dataclass(frozen=True)
class Spot:
    """A place in a photo, in thousandths of its sides, from the left and from above."""

    x: int
    y: int


@dataclass(frozen=True)
class Shown:
    """What of a rejected photo lay in the wrong bin, as its household reads it."""

    lies_in: WasteKind | None
    belongs_to: WasteKind | None
    spot: Spot | None
    words: str


_MISTAKES = select(
    Review.self_check_id,
    Review.judged_at,
    Review.lies_in,
    Review.belongs_to,
    Review.spot_x,
    Review.spot_y,
).where(
    Review.county_id == bindparam("county"),
    Review.self_check_id.in_(bindparam("ids", expanding=True)),
    or_(Review.lies_in.is_not(None), Review.belongs_to.is_not(None), Review.spot_x.is_not(None)),
)


def of(county_id: int, self_check_ids: Sequence[UUID]) -> dict[tuple[UUID, datetime | None], Shown]:
    """What judges pointed out, by self-check and when they did."""
    rows = db.session.execute(_MISTAKES, {"county": county_id, "ids": list(self_check_ids)})
    return {
        (id_, at): Shown(
            lies_in,
            belongs_to,
            Spot(x, y) if x is not None and y is not None else None,
            advice.mistake(lies_in, belongs_to),
        )
        for id_, at, lies_in, belongs_to, x, y in rows
    }
