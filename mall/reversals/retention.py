"""What was put right."""

from app.kernel.retention import Kept

KEPT = (
    Kept(
        "reversals",
        "why points were taken back",
        "the books",
        otherwise={"reason": "as the books do"},
    ),
)
