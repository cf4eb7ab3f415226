"""Which reversals somebody may decide, and which a household has seen."""

from uuid import UUID

from sqlalchemy import Select, and_, or_, select

from app.kernel.db import db
from app.kernel.lists import Listed, Wanted, listed
from app.register.identity.caller import Caller
from app.register.identity.roles import Role
from app.register.regions.queries import inside
from mall.reversals.models import Reversal, ReversalState, Subject

# Sales are as redemptions: money that somebody has paid in.
_OF_MONEY = (Role.FINANCE, Role.COUNTY_ADMIN)
DECIDERS: dict[Subject, tuple[Role, ...]] = {
    Subject.AWARD: (Role.VILLAGE_ADMIN, Role.TOWN_ADMIN, Role.COUNTY_ADMIN),  # above reviewers
    Subject.REDEMPTION: _OF_MONEY,
    Subject.SALE: _OF_MONEY,
}


def within_reach(by: Caller, *readers: Role) -> Select[Reversal]:
    """The reversals that the caller may decide, and see as one of the readers."""
    return select(Reversal).where(
        Reversal.county_id == by.county_id,
        or_(
            *(
                and_(
                    Reversal.subject == subject,
                    Reversal.village_id.in_(inside(by.places(*deciders, *readers))),
                )
                for subject, deciders in DECIDERS.items()
            )
        ),
    )


def reversals(by: Caller, wanted: Wanted) -> Listed[Reversal]:
    """The reversals of the caller's area, newest first; an auditor sees them too."""
    return listed(within_reach(by, Role.AUDITOR), Reversal, wanted)


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
