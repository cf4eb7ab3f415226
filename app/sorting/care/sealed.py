"""Where its sealed values lie, for who seals them anew."""

from app.kernel.secrets import SealedColumn
from app.sorting.care.queries import CARE_NOTE, VISIT_NOTE

SEALED = (
    SealedColumn("care_entries", "note_sealed", CARE_NOTE),
    SealedColumn("visit_notes", "text_sealed", VISIT_NOTE),
)
