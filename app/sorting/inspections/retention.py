"""Who was checked, where, and how they sorted."""

from app.kernel.retention import TEXT_GONE, YEAR, Kept, emptied, replaced

KEPT = (
    Kept(
        "checks",
        "where somebody stood",
        "the check was made at the door",
        (emptied("latitude", "longitude", after="received_at", days=90),),
    ),
    Kept("check_photos", why="evidence of points"),
    Kept(
        "check_conflicts",
        "why a check counts or does not",
        "evidence of points",
        (replaced({"note": TEXT_GONE}, after="resolved_at", months=YEAR),),
    ),
)
