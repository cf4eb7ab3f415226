"""The village roster in Excel: its template, its checks, and its import.

``import_roster`` is the one way in, called by ``app.points.means``, which knows what a household
has to lose. Columns are in ``columns``, what is wrong with a row in ``checks``, what is written in
``writing``, what is written when another person has agreed, in ``held``; how a file is read at all,
in ``app.kernel.tables``.
"""

from app.kernel.tables import (
    NotAWorkbook,
    Problem,
    SheetMissing,
    TooManyRows,
    WorkbookEmpty,
    WorkbookEncrypted,
    WorkbookTooLarge,
    WorkbookTooOld,
)
from app.register.households.roster.errors import ImportRunning, RosterHasProblems
from app.register.households.roster.held import Held, HeldHead, HeldHousehold
from app.register.households.roster.importing import (
    Imported,
    Outcome,
    Watch,
    import_roster,
    template,
)

__all__ = [
    "Held",
    "HeldHead",
    "HeldHousehold",
    "ImportRunning",
    "Imported",
    "NotAWorkbook",
    "Outcome",
    "Problem",
    "RosterHasProblems",
    "SheetMissing",
    "TooManyRows",
    "Watch",
    "WorkbookEmpty",
    "WorkbookEncrypted",
    "WorkbookTooLarge",
    "WorkbookTooOld",
    "import_roster",
    "template",
]
