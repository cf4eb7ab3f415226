"""Opening a workbook that may be anything, in bounded memory and time.

Rows are streamed, but a tree is built of each, so a small file can unpack to something that fills
the memory. Therefore every part that is read is looked through first: how large it unpacks, and how
far its rows are apart. What is not needed is not unpacked.
"""

import re
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import IO, Protocol

import structlog

from app.kernel import texts
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
from app.kernel.tables.packages import CHUNK_BYTES, Package, SheetPlace, rows_of

log = structlog.get_logger(__name__)

FILE_BYTES_MAX = 10 * 1024 * 1024
ROWS_MAX = 50_000
COLUMNS_MAX = 50
PARTS_MAX = 1000
SHEET_BYTES_MAX = 64 * 1024 * 1024
STRINGS_BYTES_MAX = 16 * 1024 * 1024
STYLES_BYTES_MAX = 16 * 1024 * 1024  # of which some programs write ever more
GAP_BYTES_MAX = 512 * 1024  # before, between and after the rows of a sheet
MERGES_SHOWN = 100
STRINGS_MAX = 12 * ROWS_MAX

_OVERLAP_BYTES = 256  # no tag that we look for is longer
_ZIP = b"PK"
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")  # old Excel files, and encrypted new ones
_ROW = re.compile(rb"<(?:\w+:)?row[\s/>]")
_STRING = re.compile(rb"<(?:\w+:)?si[\s/>]")
_MERGE = re.compile(rb"<(?:\w+:)?mergeCell\s[^>]*?ref=[\"']([A-Z]{1,3}\d{1,7}:[A-Z]{1,3}\d{1,7})")
# Excel writes none of these, and each could hide what we count: comments, CDATA, instructions.
_ODD = re.compile(rb"<!|<\?(?!xml\s)")
_START = re.compile(rb"^(?:\xef\xbb\xbf)?\s*<(?!\?xml[^>]*encoding=[\"'](?!utf-8|us-ascii))", re.I)


class Cell(Protocol):
    """What stands in a cell, of a workbook or of a text."""

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
        """The rows that the file has, with their numbers from 1."""
        ...


class _Worksheet:
    """A ``Sheet`` of a workbook."""

    def __init__(self, package: Package, place: SheetPlace, scanned: "_Scanned") -> None:
        self.merges = scanned.merges
        self.rows_expected = scanned.count
        self._package = package
        self._part = place.part
        self._strings = package.strings()
        self._dates = package.styles_of_dates()

    def rows(self) -> Iterator[tuple[int, tuple[Cell, ...]]]:
        """The rows that the file has, with their numbers from 1.

        Raises:
            TooManyRows: more than ``ROWS_MAX`` below the heading, or one that is far below.
            NotAWorkbook: the file turns out to be damaged.
        """
        with _damage_refused(), self._package.stream(self._part) as stream:
            rows = rows_of(
                stream,
                self._strings,
                self._dates,
                has_mac_dates=self._package.has_mac_dates,
                most=COLUMNS_MAX,
            )
            for number, cells in rows:
                if number > ROWS_MAX + 1:
                    raise TooManyRows(most=ROWS_MAX)
                yield number, cells


@contextmanager
def opened(file: IO[bytes], wanted: str) -> Iterator[Sheet]:
    """The sheet of an Excel file that has the wanted name, or the only one that people see.

    Raises:
        WorkbookEmpty, WorkbookTooLarge, WorkbookTooOld, WorkbookEncrypted, NotAWorkbook,
        SheetMissing, TooManyRows: what the file is instead.
    """
    _check_file(file)
    with ExitStack() as stack:
        with _damage_refused():
            archive = stack.enter_context(zipfile.ZipFile(file))
            _check_archive(archive)
            package = Package(archive)
            place = _wanted(package.sheets, wanted)
            scanned = _checked(package, place)
            sheet = _Worksheet(package, place, scanned)
        yield sheet


def _wanted(sheets: Sequence[SheetPlace], wanted: str) -> SheetPlace:
    """The sheet of this name, or the only one; other programs keep hidden ones for themselves."""
    named = [sheet for sheet in sheets if texts.folded(sheet.title) == texts.folded(wanted)]
    seen = [sheet for sheet in sheets if not sheet.is_hidden]
    found = named or seen
    if not named and len(seen) != 1:
        raise SheetMissing(wanted=wanted, found="、".join(sheet.title for sheet in seen) or "无")
    return found[0]


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


def _check_archive(archive: zipfile.ZipFile) -> None:
    parts = archive.infolist()
    if any(part.flag_bits & 1 for part in parts):
        raise WorkbookEncrypted()
    if len(parts) > PARTS_MAX:
        raise WorkbookTooLarge()


def _checked(package: Package, place: SheetPlace) -> "_Scanned":
    """What the sheet has, once every part that is read is known to be harmless."""
    for part, most in (
        (place.part, SHEET_BYTES_MAX),
        (package.strings_part, STRINGS_BYTES_MAX),
        (package.styles_part, STYLES_BYTES_MAX),
    ):
        if part is not None and package.size(part) > most:
            raise WorkbookTooLarge()
    if package.strings_part is not None:
        with package.stream(package.strings_part) as stream:
            _scan(stream, _STRING)
    with package.stream(place.part) as stream:
        return _scan(stream, _ROW)


@dataclass(frozen=True)
class _Scanned:
    merges: list[Merge]
    count: int  # of rows, or of strings


def _scan(stream: IO[bytes], token: re.Pattern[bytes]) -> _Scanned:
    """Look through a part for what would not be read in bounded memory; note merged cells.

    Raises:
        TooManyRows, WorkbookTooLarge, NotAWorkbook: it would not.
    """
    merges: list[Merge] = []
    count = position = last = 0
    window = stream.read(CHUNK_BYTES)
    if not _START.match(window):
        raise NotAWorkbook()
    while window:
        more = stream.read(CHUNK_BYTES)
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
    return _Scanned(merges, count)


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
