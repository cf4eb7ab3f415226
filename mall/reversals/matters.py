"""What of reversals is not settled: those that a second person must decide."""

from sqlalchemy import select

from app.photos.matters import open_matter
from mall.reversals.models import Reversal, ReversalState

open_matter(
    "reversals",
    select(Reversal.county_id, Reversal.household_id).where(
        Reversal.state == ReversalState.PROPOSED
    ),
)
