"""Hand-overs: the way of the waste, and whose it was."""

from app.kernel.retention import TEXT_GONE, YEAR, Kept, emptied, plain, replaced

KEPT = (
    Kept(
        "handovers",
        "where somebody stood with a phone; why two people who differ were answered so",
        "evidence of who handed what to whom",
        (
            emptied("lat_e6", "lon_e6", after="received_at", days=90),
            replaced({"settled_note": TEXT_GONE}, after="settled_at", months=YEAR),
        ),
        plain=plain("bag_code", "given_said", "taken_said", "giver_named"),
    ),
)
