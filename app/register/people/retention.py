"""Who is one person: an index of the ID number, and no number."""

from app.kernel.retention import Kept

KEPT = (
    Kept(
        "people",
        "index of the ID number",
        "one person is one, on however many phones",
        otherwise={"id_number_index": "with the county's key; nobody reads a number out of it"},
    ),
)
