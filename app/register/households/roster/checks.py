"""What one cell must be, and the row that they make."""

import re
import unicodedata
from datetime import date

from app.kernel.workbooks import Cell, Problems
from app.register.households.roster.columns import MAY_BE_EMPTY, BrokenRow, Column, RosterRow
from app.register.households.roster.problems import Kind

LENGTH_MAX = {Column.DOOR: 60}
NAME_LENGTH_MAX = 30
MEMBERS_MAX = 30
OLDEST_BIRTH = date(1900, 1, 1)
_ID_NUMBER = re.compile(r"^\d{17}[\dX]$", re.ASCII)
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECK_CHARACTERS = "10X98765432"
_PHONE = re.compile(r"^1[3-9]\d{9}$", re.ASCII)
_WITH_TAIL = re.compile(r"^(.+?)[(（](\d{3}[\dXx])[)）]$", re.ASCII)  # 张三(1234)
_MEMBERS = frozenset(str(count) for count in range(1, MEMBERS_MAX + 1))
_PARTY = {"是": True, "否": False}


def check_character(first_17: str) -> str:
    """The last character of an ID number by GB 11643 (ISO 7064, MOD 11-2)."""
    total = sum(int(d) * weight for d, weight in zip(first_17, _ID_WEIGHTS, strict=True))
    return _ID_CHECK_CHARACTERS[total % 11]


def id_number_fault(number: str, today: date) -> Kind | None:
    """What is wrong with an ID number of the mainland, if anything."""
    if not _ID_NUMBER.match(number):
        return Kind.ID_LENGTH
    try:
        birth = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return Kind.ID_BIRTH_DATE
    if not OLDEST_BIRTH <= birth <= today:
        return Kind.ID_BIRTH_DATE
    if check_character(number[:17]) != number[17]:
        return Kind.ID_CHECK_DIGIT
    return None


def checked_row(
    number: int, cells: dict[Column, Cell], today: date, problems: Problems
) -> RosterRow | BrokenRow:
    """The household of a row, or what is left after adding what is wrong to ``problems``."""
    before = problems.total
    texts = {column: _text(number, column, cells[column], problems) for column in Column}
    _check_values(number, texts, today, problems)
    if problems.total > before:
        return BrokenRow(texts[Column.TOWN], texts[Column.VILLAGE], texts[Column.HEAD])
    liaison = _WITH_TAIL.match(texts[Column.LIAISON])
    return RosterRow(
        number=number,
        town=texts[Column.TOWN],
        village=texts[Column.VILLAGE],
        group=texts[Column.GROUP],
        head=texts[Column.HEAD],
        id_number=texts[Column.ID_NUMBER],
        phone=texts[Column.PHONE] or None,
        door_number=texts[Column.DOOR],
        member_count=int(texts[Column.MEMBERS]),
        is_party_household=_PARTY[texts[Column.PARTY]],
        liaison=liaison[1] if liaison else texts[Column.LIAISON] or None,
        liaison_tail=liaison[2].upper() if liaison else None,
    )


def _text(row: int, column: Column, cell: Cell, problems: Problems) -> str:
    """The text of a cell; empty, after adding a problem, if it is none that can be used."""
    fault = _kind_fault(column, cell)
    if fault is not None:
        problems.add(row, column, fault)
        return ""
    value = cell.value
    if isinstance(value, float) and value.is_integer():
        value = int(value)  # Excel keeps every number as a float
    text = _normal(column, "" if value is None else str(value))
    if not text and column not in MAY_BE_EMPTY:
        problems.add(row, column, Kind.EMPTY)
    most = LENGTH_MAX.get(column, NAME_LENGTH_MAX)
    if len(text) > most:
        problems.add(row, column, Kind.TOO_LONG, most=most)
        return ""
    return text


def _kind_fault(column: Column, cell: Cell) -> Kind | None:
    if cell.value is None:
        return None
    if cell.data_type == "f":
        return Kind.FORMULA
    if cell.data_type == "e":
        return Kind.CELL_ERROR
    if cell.data_type == "d":
        return Kind.CELL_DATE
    if isinstance(cell.value, bool) or not isinstance(cell.value, int | float | str):
        return Kind.CELL_KIND
    if column is Column.ID_NUMBER and not isinstance(cell.value, str):
        return Kind.ID_STORED_AS_NUMBER
    return None


def _normal(column: Column, text: str) -> str:
    """Without the spaces and full-width digits that slip in; letters and names stay."""
    if column in (Column.ID_NUMBER, Column.PHONE, Column.MEMBERS):
        text = unicodedata.normalize("NFKC", text)
    if not text.isprintable():
        text = "".join(character for character in text if character.isprintable())
    text = text.strip() if column is Column.DOOR else "".join(text.split())
    return text.upper() if column is Column.ID_NUMBER else text


def _check_values(row: int, texts: dict[Column, str], today: date, problems: Problems) -> None:
    """Add what is wrong with the texts that are there; missing ones are told already."""
    id_number, phone = texts[Column.ID_NUMBER], texts[Column.PHONE]
    if id_number and (fault := id_number_fault(id_number, today)):
        problems.add(row, Column.ID_NUMBER, fault)
    if phone and not _PHONE.match(phone):
        problems.add(row, Column.PHONE, Kind.PHONE)
    members = texts[Column.MEMBERS]
    if members and members not in _MEMBERS:
        problems.add(row, Column.MEMBERS, Kind.MEMBER_COUNT)
    party = texts[Column.PARTY]
    if party and party not in _PARTY:
        problems.add(row, Column.PARTY, Kind.PARTY)
    if party == "否" and not texts[Column.LIAISON]:
        problems.add(row, Column.LIAISON, Kind.LIAISON_MISSING)
