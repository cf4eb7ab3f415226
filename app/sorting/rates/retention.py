"""How a household sorted, day by day."""

from app.kernel.retention import Kept, deleted

KEPT = (
    Kept(
        "household_days",
        "how a household sorted on a day",
        "rates of two years",
        (deleted(after="on_day", months=25),),
    ),
    Kept(
        "household_day_marks", "a day to be counted", "rates", (deleted(after="on_day", months=25),)
    ),
    Kept("rate_watermarks"),
)
