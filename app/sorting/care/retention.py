"""Households that need help, and words for whoever comes next."""

from app.kernel.retention import YEAR, Kept, deleted

KEPT = (
    Kept(
        "care_entries",
        "health, age, need",
        "special help",
        (deleted(after="ended_at", months=YEAR),),
    ),
    Kept(
        "visit_notes",
        "words about a household",
        "for whoever visits next",
        (deleted(after="written_at", months=2 * YEAR),),
    ),
)
