"""Days in which a new means of spending pays little."""

from app.kernel.retention import YEAR, Kept, deleted

KEPT = (
    Kept(
        "cool_offs", why="a stolen means pays little", ends=(deleted(after="ends_at", months=YEAR),)
    ),
    Kept(
        "cooled_payments",
        why="a stolen means pays little",
        ends=(deleted(after="paid_at", months=YEAR),),
    ),
)
