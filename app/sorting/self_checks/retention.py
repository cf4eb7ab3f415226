"""Photos that households sent, and what people said of them."""

from app.kernel.retention import TEXT_GONE, YEAR, Kept, replaced

KEPT = (
    Kept(
        "self_checks",
        "what screening noticed",
        "evidence of points",
        (replaced({"findings": []}, after="submitted_at", months=YEAR),),
    ),
    Kept(
        "reviews",
        "a reviewer's words",
        "evidence of points",
        (replaced({"note": TEXT_GONE}, after="judged_at", months=YEAR, only="note IS NOT NULL"),),
    ),
    Kept(
        "appeals",
        "a household's words and the answer",
        "evidence of points",
        (
            replaced({"sentence": TEXT_GONE}, after="decided_at", months=YEAR),
            replaced(
                {"answer": TEXT_GONE}, after="decided_at", months=YEAR, only="answer IS NOT NULL"
            ),
        ),
    ),
)
