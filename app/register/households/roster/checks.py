"""What a row must be as a whole, and the household that it makes."""

import re
from datetime import date

from app.kernel.tables import Row
from app.register.households.roster.columns import (
    YES_OR_NO,
    BrokenRow,
    Column,
    RosterRow,
    SameDoor,
)
from app.register.households.roster.problems import Kind

OLDEST_BIRTH = date(1900, 1, 1)
_ID_NUMBER = re.compile("[0-9]{17}[0-9X]")
_OF_FOREIGNERS = re.compile("[A-Z]{3}[0-9]{12}")
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECK_CHARACTERS = "10X98765432"
_WITH_TAIL = re.compile(r"(.+?)[(（]([0-9]{3}[0-9Xx])[)）]")  # 张三(1234)


def check_character(first_17: str) -> str:
    """The last character of an ID number by GB 11643 (ISO 7064, MOD 11-2)."""
    total = sum(int(d) * weight for d, weight in zip(first_17, _ID_WEIGHTS, strict=True))
    return _ID_CHECK_CHARACTERS[total % 11]


def id_number_fault(number: str, today: date) -> Kind | None:
    """What is wrong with an ID number of the mainland, if anything.

    Foreigners who live here for good have such a number since 2023; the one of their older cards,
    which stay valid, has no public rule but its form.
    """
    if _OF_FOREIGNERS.fullmatch(number):
        return None
    if not _ID_NUMBER.fullmatch(number):
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


def checked_row(row: Row[Column], today: date) -> RosterRow | BrokenRow:
    """The household of a row, or what is left of it after telling what else is wrong."""
    id_number, liaison = row[Column.ID_NUMBER], row[Column.LIAISON]
    if id_number and (fault := id_number_fault(id_number, today)):
        row.problem(Column.ID_NUMBER, fault)
    if row[Column.PARTY] == "否" and not liaison:
        row.problem(Column.LIAISON, Kind.LIAISON_MISSING)
    if not row.is_right:
        return BrokenRow(row[Column.TOWN], row[Column.VILLAGE], row[Column.HEAD])
    tailed = _WITH_TAIL.fullmatch(liaison)
    return RosterRow(
        number=row.number,
        town=row[Column.TOWN],
        village=row[Column.VILLAGE],
        group=row[Column.GROUP],
        head=row[Column.HEAD],
        id_number=id_number,
        phone=row[Column.PHONE] or None,
        door_number=row[Column.DOOR],
        member_count=int(row[Column.MEMBERS]),
        is_party_household=YES_OR_NO[row[Column.PARTY]],
        liaison=tailed[1] if tailed else liaison or None,
        liaison_tail=tailed[2].upper() if tailed else None,
        same_door=SameDoor(answer) if (answer := row[Column.SAME_DOOR]) else None,
    )
