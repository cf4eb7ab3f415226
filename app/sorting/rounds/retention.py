"""Whom the lot chose, and what was found."""

from app.kernel.retention import TEXT_GONE, YEAR, Kept, plain, replaced

KEPT = (
    Kept("draws", plain=plain("seed", "seal_digest", "candidates_digest")),
    Kept("draw_candidates", why="the lot can be drawn again"),
    Kept("draw_inspectors", why="the lot can be drawn again"),
    Kept(
        "visits",
        "why somebody else went",
        "evidence of the inspection",
        (
            replaced(
                {"reassigned_because": TEXT_GONE},
                after="reassigned_at",
                months=YEAR,
                only="reassigned_because IS NOT NULL",
            ),
        ),
        plain=plain("why"),
    ),
    Kept("visit_results", plain=plain("deductions", "findings")),
    Kept("visit_photos", why="evidence of the inspection"),
)
