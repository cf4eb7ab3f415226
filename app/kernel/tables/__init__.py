"""Tables that people keep in Excel: declared once, then read, given out to fill in, and exported.

``columns`` says how a table is declared. A file that comes in may be anything: ``workbooks`` opens
it in bounded memory and time, and whatever is wrong in it is told by row and column.
"""

from app.kernel.tables.columns import Cells, Columns, Table
from app.kernel.tables.errors import (
    NotAWorkbook,
    NotText,
    SheetMissing,
    TooManyRows,
    WorkbookEmpty,
    WorkbookEncrypted,
    WorkbookTooLarge,
    WorkbookTooOld,
)
from app.kernel.tables.problems import SENTENCES, Kind, Problem, Problems
from app.kernel.tables.reading import Reader, Row, reading
from app.kernel.tables.reports import report
from app.kernel.tables.workbooks import ROWS_MAX
from app.kernel.tables.writing import export, template

__all__ = [
    "ROWS_MAX",
    "SENTENCES",
    "Cells",
    "Columns",
    "Kind",
    "NotAWorkbook",
    "NotText",
    "Problem",
    "Problems",
    "Reader",
    "Row",
    "SheetMissing",
    "Table",
    "TooManyRows",
    "WorkbookEmpty",
    "WorkbookEncrypted",
    "WorkbookTooLarge",
    "WorkbookTooOld",
    "export",
    "reading",
    "report",
    "template",
]
