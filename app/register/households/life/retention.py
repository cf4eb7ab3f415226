"""What has happened to households: why points of theirs are where they are."""

from app.kernel.retention import Kept

KEPT = (
    Kept(
        "household_changes",
        "the door to which people moved",
        "the books, which say whose points went where",
        otherwise={"facts": "as the books do"},
    ),
)
