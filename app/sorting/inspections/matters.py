"""What of checks is not settled: those that a person must judge."""

from sqlalchemy import select

from app.photos.matters import open_matter
from app.sorting.inspections.models import CheckConflict

open_matter(
    "check_conflicts",
    select(CheckConflict.county_id, CheckConflict.household_id).where(
        CheckConflict.outcome.is_(None)
    ),
)
