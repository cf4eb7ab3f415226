"""The village roster in Excel: its template, its checks, and its import.

``import_roster`` is the one way in. Columns are in ``columns``, what a workbook may be in
``workbook``, what is wrong with a cell in ``checks``, what is written in ``writing``.
"""

from app.households.roster.errors import (
    ImportRunning,
    NotAWorkbook,
    RosterHasProblems,
    SheetMissing,
    TooManyRows,
    WorkbookEmpty,
    WorkbookEncrypted,
    WorkbookTooLarge,
    WorkbookTooOld,
)
from app.households.roster.importing import Outcome, import_roster
from app.households.roster.problems import Problem
from app.households.roster.template import template

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
