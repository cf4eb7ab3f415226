"""Opening a workbook that may be anything, in bounded memory and time.

openpyxl streams rows, but builds a tree of each part's head and of each row, so a small file can
unpack to something that fills the memory. Therefore every part is looked through first: how large
it unpacks, and how far its rows are apart.
"""

import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Any, Protocol

import structlog

from app.kernel.errors import DomainError
from app.kernel.tables.errors import (
    NotAWorkbook,
    SheetMissing,
    TooManyRows,
    WorkbookEmpty,
    WorkbookEncrypted,
    WorkbookTooLarge,
    WorkbookTooOld,
)

log = structlog.get_logger(__name__)

FILE_BYTES_MAX = 10 * 1024 * 1024
ROWS_MAX = 50_000
COLUMNS_MAX = 50
PARTS_MAX = 1000
SHEET_BYTES_MAX = 64 * 1024 * 1024
STRINGS_BYTES_MAX = 16 * 1024 * 1024
OTHER_BYTES_MAX = 2 * 1024 * 1024
GAP_BYTES_MAX = 512 * 1024  # before, between and after the rows of a sheet
MERGES_SHOWN = 100
STRINGS_MAX = 12 * ROWS_MAX

_CHUNK_BYTES = 1 << 16
_OVERLAP_BYTES = 256  # no tag that we look for is longer
_ZIP = b"PK"
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")  # old Excel files, and encrypted new ones
_SHEET_PART = re.compile(r"xl/worksheets/[^/]+\.xml")
_ROW = re.compile(rb"<(?:\w+:)?row[\s/>]")
_STRING = re.compile(rb"<(?:\w+:)?si[\s/>]")
_MERGE = re.compile(rb"<(?:\w+:)?mergeCell\s[^>]*?ref=[\"']([A-Z]{1,3}\d{1,7}:[A-Z]{1,3}\d{1,7})")
# Excel writes none of these, and each could hide what we count: comments, CDATA, instructions.
_ODD = re.compile(rb"<!|<\?(?!xml\s)")
_START = re.compile(rb"^(?:\xef\xbb\xbf)?\s*<(?!\?xml[^>]*encoding=[\"'](?!utf-8|us-ascii))", re.I)


class Cell(Protocol):
    """A cell as openpyxl reads it."""

    @property
    def value(self) -> object: ...
    @property
    def data_type(self) -> str: ...


@dataclass(frozen=True)
class Merge:
    """Cells that were merged into one."""

    cells: str  # A2:A5
    row: int
    column: int  # from 1

    @property
    def column_letter(self) -> str:
        from openpyxl.utils import get_column_letter

        return get_column_letter(self.column)


class Sheet(Protocol):
    """The sheet that was asked for. Its rows can be read more than once, always in order."""

    merges: list[Merge]
    rows_expected: int  # a hint for progress, as the file says

    def rows(self) -> Iterator[tuple[int, tuple[Cell, ...]]]:
        """Each row with its number from 1, empty ones too."""
        ...


@dataclass
class _Worksheet:
    """A ``Sheet`` of a workbook."""

    merges: list[Merge]
    rows_expected: int
    _sheet: Any

    def rows(self) -> Iterator[tuple[int, tuple[Cell, ...]]]:
        """Each row with its number from 1, empty ones too.

        Raises:
            TooManyRows: more than ``ROWS_MAX`` below the heading.
            NotAWorkbook: the file turns out to be damaged.
        """
        with _damage_refused():
            for number, cells in enumerate(self._sheet.iter_rows(max_col=COLUMNS_MAX), start=1):
                if number > ROWS_MAX + 1:
                    raise TooManyRows(most=ROWS_MAX)
                yield number, cells


@contextmanager
def opened(file: IO[bytes], wanted: str) -> Iterator[Sheet]:
    """The sheet of an Excel file that has the wanted name, or the only one there is.

    Raises:
        WorkbookEmpty, WorkbookTooLarge, WorkbookTooOld, WorkbookEncrypted, NotAWorkbook,
        SheetMissing, TooManyRows: what the file is instead.
    """
    from openpyxl import load_workbook

    _check_file(file)
    with _damage_refused():
        merges = _checked_parts(file)
        file.seek(0)
        book = load_workbook(file, read_only=True, keep_links=False)
    try:
        sheets = {sheet.title: sheet for sheet in book.worksheets}
        sheet = sheets.get(wanted) or (next(iter(sheets.values())) if len(sheets) == 1 else None)
        if sheet is None:
            raise SheetMissing(wanted=wanted, found="、".join(sheets) or "无")
        rows_expected = min(sheet.max_row or 0, ROWS_MAX)
        sheet.reset_dimensions()  # what the file says of its size may be wrong
        part = getattr(sheet, "_worksheet_path", "")  # APIFRAGILE: which part the sheet is
        yield _Worksheet(merges.get(part, []), rows_expected, sheet)
    finally:
        book.close()


def is_workbook(file: IO[bytes]) -> bool:
    """Whether the file begins as one does, new or old; whether it is one, ``opened`` tells."""
    file.seek(0)
    start = file.read(len(_OLE))
    return start.startswith((_ZIP, _OLE[:4]))


def _check_file(file: IO[bytes]) -> None:
    size = file.seek(0, 2)
    if size == 0:
        raise WorkbookEmpty()
    if size > FILE_BYTES_MAX:
        raise WorkbookTooLarge()
    file.seek(0)
    if file.read(len(_OLE)) == _OLE:
        is_encrypted = "EncryptedPackage".encode("utf-16-le") in file.read()
        raise WorkbookEncrypted() if is_encrypted else WorkbookTooOld()
    file.seek(0)


def _checked_parts(file: IO[bytes]) -> dict[str, list[Merge]]:
    """The merged cells by part, once every part is known to be harmless to read."""
    merges = {}
    with zipfile.ZipFile(file) as archive:
        parts = archive.infolist()
        if any(part.flag_bits & 1 for part in parts):
            raise WorkbookEncrypted()
        if len(parts) > PARTS_MAX or sum(part.file_size for part in parts) > 2 * SHEET_BYTES_MAX:
            raise WorkbookTooLarge()
        for part in parts:
            is_sheet = bool(_SHEET_PART.fullmatch(part.filename))
            is_strings = part.filename == "xl/sharedStrings.xml"
            if part.file_size > _bytes_max(is_sheet=is_sheet, is_strings=is_strings):
                raise WorkbookTooLarge()
            if is_sheet or is_strings:
                with archive.open(part) as stream:
                    merges[part.filename] = _scan(stream, _ROW if is_sheet else _STRING)
    return merges


def _bytes_max(*, is_sheet: bool, is_strings: bool) -> int:
    if is_sheet:
        return SHEET_BYTES_MAX
    return STRINGS_BYTES_MAX if is_strings else OTHER_BYTES_MAX


def _scan(stream: IO[bytes], token: re.Pattern[bytes]) -> list[Merge]:
    """Look through a part for what would not be read in bounded memory; note merged cells.

    Raises:
        TooManyRows, WorkbookTooLarge, NotAWorkbook: it would not.
    """
    merges: list[Merge] = []
    count = position = last = 0
    window = stream.read(_CHUNK_BYTES)
    if not _START.match(window):
        raise NotAWorkbook()
    while window:
        more = stream.read(_CHUNK_BYTES)
        # A tag on the edge is left for the next window; at the end all is looked at.
        settled = max(len(window) - _OVERLAP_BYTES, 0) if more else len(window)
        if (odd := _ODD.search(window)) and odd.start() < settled:
            raise NotAWorkbook()
        for found in token.finditer(window):
            if found.start() < settled:
                count += 1
                last = _within_gap(last, position + found.start())
        for found in _MERGE.finditer(window):
            if found.start() < settled and len(merges) < MERGES_SHOWN:
                merges.append(_merge(found[1].decode()))
        position += settled
        window = window[settled:] + more
        _check_count(token, count)
        _within_gap(last, position)
    return merges


def _check_count(token: re.Pattern[bytes], count: int) -> None:
    if token is _ROW and count > ROWS_MAX + 1:
        raise TooManyRows(most=ROWS_MAX)
    if token is _STRING and count > STRINGS_MAX:
        raise WorkbookTooLarge()


def _within_gap(last: int, position: int) -> int:
    if position - last > GAP_BYTES_MAX:
        raise WorkbookTooLarge()
    return position


def _merge(cells: str) -> Merge:
    from openpyxl.utils import range_boundaries

    column, row, _, _ = range_boundaries(cells)
    return Merge(cells=cells, row=row or 0, column=column or 0)


@contextmanager
def _damage_refused() -> Iterator[None]:
    """Turn whatever zipfile, expat and openpyxl raise on a damaged file into a refusal."""
    try:
        yield
    except DomainError:
        raise
    except Exception as error:  # an edge: libraries raise almost anything on hostile bytes
        log.info("workbook.unreadable", error=type(error).__name__)
        raise NotAWorkbook() from None
