"""Which reversals somebody may decide, and which a household has seen."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, and_, or_, select

from app.kernel.db import db
from app.register.regions.queries import inside
from mall.reversals.models import Reversal, ReversalState, Subject


@dataclass(frozen=True)
class Official:
    """Who proposes or decides, and the regions for whose awards and shops they may speak."""

    user_id: UUID
    award_places: Collection[UUID]
    shop_places: Collection[UUID]

    def places(self, subject: Subject) -> Collection[UUID]:
        # Sales are of shops' kind: money that somebody has paid in.
        return self.award_places if subject is Subject.AWARD else self.shop_places


def within_reach(county_id: int, official: Official) -> Select[Reversal]:
    """The reversals that the official may see and decide."""
    return select(Reversal).where(
        Reversal.county_id == county_id,
        or_(
            *(
                and_(
                    Reversal.subject == subject,
                    Reversal.village_id.in_(inside(official.places(subject))),
                )
                for subject in Subject
            )
        ),
    )


def reversals(
    county_id: int, official: Official, *, before: UUID | None, limit: int
) -> list[Reversal]:
    """The reversals within the official's reach, newest first."""
    query = within_reach(county_id, official).order_by(Reversal.id.desc()).limit(limit)
    if before is not None:
        query = query.where(Reversal.id < before)
    return list(db.session.scalars(query))


def household_reversals(
    county_id: int, household_id: UUID, *, before: UUID | None, limit: int
) -> list[Reversal]:
    """What was taken back from the household or given back to it, newest first."""
    query = select(Reversal).where(
        Reversal.county_id == county_id,
        Reversal.household_id == household_id,
        Reversal.state == ReversalState.CONFIRMED,
    )
    if before is not None:
        query = query.where(Reversal.id < before)
    return list(db.session.scalars(query.order_by(Reversal.id.desc()).limit(limit)))
