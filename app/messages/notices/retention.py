"""What people were told."""

from app.kernel.retention import YEAR, Kept, deleted

KEPT = (
    Kept(
        "notices",
        "what happened to a household",
        "the duty to tell",
        (deleted(after="written_at", months=3 * YEAR),),
    ),
)
