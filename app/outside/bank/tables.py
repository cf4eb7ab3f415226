"""Reads tables as Chinese banks export them: CSV in UTF-8 or GB18030, kept safe from Excel."""

import csv
import io
import re

_EXCEL_TEXT = re.compile(r'="(.*)"')
# Excel would run what begins so; a bank's own screens never show it.
_FORMULA = ("=", "+", "-", "@")


class Unreadable(Exception):
    """The rows cannot be told apart; ``row`` is where that begins, from 1."""

    def __init__(self, row: int) -> None:
        super().__init__(f"row {row}")
        self.row = row


def rows(text: str, *, rows_max: int, delimiter: str = ",") -> list[tuple[int, list[str]]] | None:
    """The rows that are not blank, numbered from 1 as a spreadsheet does; None when too many.

    Raises:
        Unreadable: quotes or separators are broken.
    """
    found: list[tuple[int, list[str]]] = []
    number = 0
    try:
        told = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        for number, cells in enumerate(told, 1):
            clean = [_clean(cell) for cell in cells]
            if any(clean):
                found.append((number, clean))
            if len(found) > rows_max:
                return None
    except csv.Error:
        raise Unreadable(number + 1) from None
    return found


def labels(cells: list[str]) -> list[tuple[str, str]]:
    """Names and values that stand side by side in a row above a table."""
    pairs = zip(cells[::2], cells[1::2], strict=False)
    return [(label.rstrip(":："), value) for label, value in pairs if label.rstrip(":：")]


def written(lines: list[list[str]]) -> bytes:
    """A CSV file in GB18030 with the line ends of Windows, as 企业网银 takes it."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows(
        [[_harmless(cell) for cell in cells] for cells in lines]
    )
    return text.getvalue().encode("gb18030")


def as_read(cell: str) -> str:
    """What ``rows`` finds of a cell that was ``written``."""
    return _clean(_harmless(cell))


def _clean(cell: str) -> str:
    """Without the tabs and ``="…"`` by which banks keep Excel from rounding long numbers."""
    cell = cell.strip()
    wrapped = _EXCEL_TEXT.fullmatch(cell)
    return (wrapped[1] if wrapped else cell).strip()


def _harmless(cell: str) -> str:
    return "'" + cell if cell.startswith(_FORMULA) else cell
