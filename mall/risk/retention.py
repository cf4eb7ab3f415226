"""Odd patterns at shops."""

from app.kernel.retention import TEXT_GONE, YEAR, Kept, plain, replaced

KEPT = (
    Kept(
        "risk_flags",
        "what somebody found",
        "supervision",
        (replaced({"note": TEXT_GONE}, after="judged_at", months=3 * YEAR),),
        plain=plain("figures"),
    ),
)
