"""Opening a CSV file as if it were a sheet."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from app.kernel.tables.errors import NotText, WorkbookEmpty, WorkbookTooLarge
from app.kernel.tables.texts import decoded
from app.kernel.tables.workbooks import Cell, Merge

CSV_BYTES_MAX = 2 * 1024 * 1024


@dataclass(frozen=True, repr=False)
class _Text:
    """A cell of a CSV file. It has no repr, so that no log can show what it holds."""

    value: object
    data_type: str = "s"


class Lines:
    """The lines of a CSV file, which merges nothing."""

    def __init__(self, text: str) -> None:
        self.merges: list[Merge] = []
        self.rows_expected = text.count("\n")
        self._text = text

    def rows(self) -> Iterator[tuple[int, tuple[Cell, ...]]]:
        """Each line with its number from 1. Raises NotText when quotes are broken."""
        lines = csv.reader(io.StringIO(self._text, newline=""), strict=True)
        try:
            for number, line in enumerate(lines, start=1):
                yield number, tuple(_Text(text) for text in line)
        except csv.Error:
            raise NotText() from None


def opened_text(file: IO[bytes]) -> Lines:
    """The file as lines of cells.

    Raises:
        WorkbookEmpty, WorkbookTooLarge, NotText: what the file is instead.
    """
    file.seek(0)
    content = file.read(CSV_BYTES_MAX + 1)
    if not content:
        raise WorkbookEmpty()
    if len(content) > CSV_BYTES_MAX:
        raise WorkbookTooLarge()
    text = decoded(content)
    if text is None:
        raise NotText()
    return Lines(text)
