"""The village roster in Excel: its template, its checks, and its import.

``import_roster`` is the one way in. Columns are in ``columns``, what is wrong with a row in
``checks``, what is written in ``writing``; how a file is read at all, in ``app.kernel.tables``.
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
from app.register.households.roster.importing import Outcome, import_roster, template

__all__ = [
    "ImportRunning",
    "NotAWorkbook",
    "Outcome",
    "Problem",
    "RosterHasProblems",
    "SheetMissing",
    "TooManyRows",
    "WorkbookEmpty",
    "WorkbookEncrypted",
    "WorkbookTooLarge",
    "WorkbookTooOld",
    "import_roster",
    "template",
]
