"""What of self-checks is not settled: appeals, and photos on which a third person must decide."""

from sqlalchemy import select

from app.photos.matters import open_matter
from app.sorting.self_checks.leasing import DISPUTES, joined_self_check
from app.sorting.self_checks.models import Review, SelfCheck

open_matter(
    "disputed_reviews",
    select(SelfCheck.county_id, SelfCheck.household_id)
    .join(Review, joined_self_check())
    .where(Review.stage.in_(DISPUTES), Review.judged_at.is_(None)),
)
