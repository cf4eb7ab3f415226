"""What an auditor has seen."""

from app.kernel.retention import TEXT_GONE, YEAR, Kept, replaced

KEPT = (
    Kept(
        "seen_deeds",
        "an auditor's note",
        "supervision",
        (replaced({"note": TEXT_GONE}, after="seen_at", months=3 * YEAR),),
    ),
)
