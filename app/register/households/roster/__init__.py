"""The village roster in Excel: its template, its checks, and its import.

``import_roster`` is the one way in. Columns are in ``columns``, what is wrong with a cell in
``checks``, what is written in ``writing``; what a file may be at all, in ``app.kernel.workbooks``.
"""

from app.kernel.workbooks import (
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
from app.register.households.roster.importing import Outcome, import_roster
from app.register.households.roster.template import template

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
