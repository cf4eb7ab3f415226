"""Reading Excel files that may be anything, and telling by row and column what is wrong in them."""

from app.kernel.workbooks.errors import (
    NotAWorkbook,
    SheetMissing,
    TooManyRows,
    WorkbookEmpty,
    WorkbookEncrypted,
    WorkbookTooLarge,
    WorkbookTooOld,
)
from app.kernel.workbooks.problems import Problem, Problems
from app.kernel.workbooks.reading import ROWS_MAX, Cell, Merge, Sheet, opened

__all__ = [
    "ROWS_MAX",
    "Cell",
    "Merge",
    "NotAWorkbook",
    "Problem",
    "Problems",
    "Sheet",
    "SheetMissing",
    "TooManyRows",
    "WorkbookEmpty",
    "WorkbookEncrypted",
    "WorkbookTooLarge",
    "WorkbookTooOld",
    "opened",
]
