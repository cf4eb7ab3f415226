"""Deposits in somebody's area."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import Select, select

from app.kernel.lists import Listed, Wanted, listed
from app.recycling.sales.models import Recycler
from app.register.regions.queries import inside
from mall.deposits.models import Deposit


def within_reach(county_id: int, place_ids: Collection[UUID]) -> Select[Deposit]:
    """The deposits of recyclers that buy in the places or in a part of them."""
    return select(Deposit).where(
        Deposit.county_id == county_id,
        Deposit.recycler_id.in_(
            select(Recycler.id).where(Recycler.region_id.in_(inside(place_ids)))
        ),
    )


def deposits(county_id: int, place_ids: Collection[UUID], wanted: Wanted) -> Listed[Deposit]:
    """The deposits in the places, newest first."""
    return listed(within_reach(county_id, place_ids), Deposit, wanted)
