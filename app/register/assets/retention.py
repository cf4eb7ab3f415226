"""Things, their labels, and bags."""

from app.kernel.retention import Kept, plain

KEPT = (
    Kept("assets", plain=plain("number", "name", "plate", "details")),
    Kept("asset_steps", why="how a thing came to stand there", plain=plain("reason")),
    Kept("labels", plain=plain("code")),
    Kept(
        "bag_rolls",
        why="whose bags they are, as long as what was collected in them is kept",
        plain=plain("roll"),
    ),
)
