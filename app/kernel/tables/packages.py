"""The few parts of an .xlsx that a table needs, whichever program wrote it.

Excel, WPS and the exports of other systems agree on what a sheet says, and on little else: they
name parts in other letters or with backslashes, leave parts out, and fill styles, properties and
themes with what only they understand. None of that is parsed: only where the sheets are, the texts
they share, and which styles show a number as a date.
"""

import posixpath
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any
from xml.etree.ElementTree import Element
from xml.parsers import expat

from defusedxml.ElementTree import fromstring, iterparse

from app.kernel import texts
from app.kernel.tables.errors import WorkbookTooLarge

CHUNK_BYTES = 1 << 16
WHOLE_BYTES_MAX = 2 * 1024 * 1024  # of a part that is read at once
_WORKBOOK = "xl/workbook.xml"
_OLD_MAC_DATES = {"1", "true"}


@dataclass(frozen=True)
class SheetPlace:
    """A sheet as the workbook lists it."""

    title: str
    part: str  # its name in the archive
    is_hidden: bool


@dataclass(frozen=True)
class Cell:
    """What stands in a cell: ``data_type`` is n, s, b, d, e or f, as in the file's own format.

    It has no repr, so that no log can show what it holds.
    """

    value: object
    data_type: str = "n"

    def __repr__(self) -> str:
        return "Cell()"


EMPTY = Cell(None)


class Package:
    """A workbook, found by its relations; names of parts are told apart as people would."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._parts = {_plain_name(part.filename): part for part in archive.infolist()}
        book = next(self._related("", "officeDocument"), _WORKBOOK)
        self._related_to_book = {
            kind: list(self._related(book, kind)) for kind in ("styles", "sharedStrings")
        }
        root = self._root(book)
        targets = self._targets(book)
        self.sheets = [
            SheetPlace(sheet.get("name", ""), target, sheet.get("state", "visible") != "visible")
            for sheet in root.iterfind("sheets/sheet")
            if (target := targets.get(_relation_id(sheet), "")) in self._parts
            and "chartsheet" not in target
        ]
        properties = root.find("workbookPr")
        self.has_mac_dates = (
            properties is not None and properties.get("date1904", "") in _OLD_MAC_DATES
        )

    @property
    def strings_part(self) -> str | None:
        return self._first("sharedStrings")

    @property
    def styles_part(self) -> str | None:
        return self._first("styles")

    def size(self, part: str) -> int:
        """Bytes, unpacked."""
        return self._parts[part].file_size

    def stream(self, part: str) -> IO[bytes]:
        return self._archive.open(self._parts[part])

    def strings(self) -> list[str]:
        """The texts that cells share, in order."""
        if self.strings_part is None:
            return []
        found: list[str] = []
        with self.stream(self.strings_part) as stream:
            for element in _elements(stream, "si"):
                found.append(text_of(element))
        return found

    def styles_of_dates(self) -> frozenset[int]:
        """The styles that show a number as a date."""
        if self.styles_part is None:
            return frozenset()
        with self.stream(self.styles_part) as stream:
            return _Styles(stream).of_dates()

    def _first(self, kind: str) -> str | None:
        """The part of this kind; some programs forget to say where it is."""
        usual = _plain_name(f"xl/{kind}.xml")
        return next((p for p in (*self._related_to_book[kind], usual) if p in self._parts), None)

    def _root(self, part: str) -> Element:
        if self.size(part) > WHOLE_BYTES_MAX:
            raise WorkbookTooLarge()
        root: Element = fromstring(self._archive.read(self._parts[part]), forbid_dtd=True)
        for element in root.iter():
            element.tag = local(element.tag)
        return root

    def _related(self, part: str, kind: str) -> Iterator[str]:
        """The parts that stand in this relation to the part."""
        for relation in self._relations(part):
            if relation.get("Type", "").endswith("/" + kind):
                yield _target(part, relation)

    def _targets(self, part: str) -> dict[str, str]:
        return {one.get("Id", ""): _target(part, one) for one in self._relations(part)}

    def _relations(self, part: str) -> list[Element]:
        folder, name = posixpath.split(part)
        relations = posixpath.join(folder, "_rels", f"{name}.rels")
        return list(self._root(relations)) if relations in self._parts else []


def rows_of(
    stream: IO[bytes], strings: list[str], dates: frozenset[int], *, has_mac_dates: bool, most: int
) -> Iterator[tuple[int, tuple[Cell, ...]]]:
    """The rows that a sheet has, with their numbers from 1, and no more than ``most`` cells each.

    What stands behind the rows is not parsed.
    """
    number = 0
    for row in _elements(stream, "row"):
        told = row.get("r")
        number = int(float(told)) if told else number + 1
        cells: dict[int, Cell] = {}
        place = 0
        for element in row:
            place = _place(element.get("r")) or place + 1
            if place <= most:
                cells[place] = _cell(element, strings, dates, has_mac_dates=has_mac_dates)
        width = max(cells, default=0)
        yield number, tuple(cells.get(column, EMPTY) for column in range(1, width + 1))


def text_of(element: Element) -> str:
    """The text of a string, whose parts may be formatted each; not how it is to be read aloud."""
    found = []
    for child in element:
        name = local(child.tag)
        if name == "t":
            found.append(child.text or "")
        elif name == "r":
            found += [part.text or "" for part in child if local(part.tag) == "t"]
    return "".join(found)


def local(tag: object) -> str:
    """The name without its namespace, of which strict workbooks have others."""
    return str(tag).rpartition("}")[2]


def _elements(stream: IO[bytes], name: str) -> Iterator[Element]:
    """Each element of this name below the one that lists them; forgotten when the next is asked."""
    listed: Element | None = None
    for event, element in iterparse(stream, events=("start", "end"), forbid_dtd=True):
        tag = local(element.tag)
        if event == "start":
            listed = element if tag in {"sheetData", "sst"} else listed
        elif tag == name and listed is not None:
            yield element
            listed.clear()
        elif element is listed:
            return


def _cell(
    element: Element, strings: list[str], dates: frozenset[int], *, has_mac_dates: bool
) -> Cell:
    kind = element.get("t") or "n"
    inside = {local(child.tag): child for child in element}
    if "f" in inside:
        return Cell("=", "f")
    if kind == "inlineStr" and "is" in inside:
        return Cell(text_of(inside["is"]), "s")
    value = inside["v"].text if "v" in inside else None
    if not value:
        return EMPTY
    if kind == "s":
        return Cell(strings[int(value)], "s")
    if kind in {"str", "inlineStr"}:
        return Cell(value, "s")
    if kind == "b":
        return Cell(value.strip() in {"1", "true"}, "b")
    if kind == "e":
        return Cell(value, "e")
    if kind == "d":
        return Cell(datetime.fromisoformat(value), "d")
    return _number(value, is_date=int(element.get("s") or 0) in dates, has_mac_dates=has_mac_dates)


def _number(value: str, *, is_date: bool, has_mac_dates: bool) -> Cell:
    from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, from_excel

    is_whole = texts.are_digits(value.strip().removeprefix("-"))
    number = int(value) if is_whole else float(value)
    if not is_date:
        return Cell(number)
    try:
        epoch = CALENDAR_MAC_1904 if has_mac_dates else CALENDAR_WINDOWS_1900
        return Cell(from_excel(number, epoch), "d")
    except (OverflowError, ValueError):
        return Cell("#VALUE!", "e")


def _place(reference: str | None) -> int | None:
    """The column, from 1, of C12."""
    from openpyxl.utils import column_index_from_string

    letters = (reference or "").replace("$", "").rstrip("0123456789")
    return column_index_from_string(letters) if letters else None


class _Styles:
    """Which numbers of styles are dates, found without building anything of the part."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._formats: dict[int, str] = {}  # those that the file defines
        self._of_cells: list[int] = []
        self._is_in_cells = False
        parser = expat.ParserCreate(namespace_separator="}")
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.StartDoctypeDeclHandler = self._refuse
        while chunk := stream.read(CHUNK_BYTES):
            parser.Parse(chunk)
        parser.Parse(b"", True)

    def of_dates(self) -> frozenset[int]:
        from openpyxl.styles.numbers import builtin_format_code, is_date_format

        def shows_date(format_id: int) -> bool:
            own = self._formats.get(format_id)
            return is_date_format(own if own is not None else builtin_format_code(format_id))

        is_date = {format_id: shows_date(format_id) for format_id in set(self._of_cells)}
        return frozenset(n for n, format_id in enumerate(self._of_cells) if is_date[format_id])

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        name = local(tag)
        if name == "cellXfs":
            self._is_in_cells = True
        elif name == "xf" and self._is_in_cells:
            self._of_cells.append(int(attributes.get("numFmtId") or 0))
        elif name == "numFmt" and "numFmtId" in attributes:
            self._formats.setdefault(int(attributes["numFmtId"]), attributes.get("formatCode", ""))

    def _end(self, tag: str) -> None:
        if local(tag) == "cellXfs":
            self._is_in_cells = False

    def _refuse(self, *_: Any) -> None:
        raise ValueError("a document type")


def _plain_name(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").lower()


def _target(part: str, relation: Element) -> str:
    target = relation.get("Target", "").replace("\\", "/")
    if target.startswith("/"):
        return _plain_name(target)
    return _plain_name(posixpath.normpath(posixpath.join(posixpath.dirname(part), target)))


def _relation_id(sheet: Element) -> str:
    return next((value for name, value in sheet.items() if local(name) == "id"), "")
