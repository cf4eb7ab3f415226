"""The columns of a roster and the household that one row describes."""

from dataclasses import dataclass
from enum import StrEnum


class Column(StrEnum):
    """The headings, exactly as a village clerk has them; their order in the file is free."""

    TOWN = "镇"
    VILLAGE = "村"
    GROUP = "组"
    HEAD = "户主姓名"
    ID_NUMBER = "身份证号"
    PHONE = "手机号"
    DOOR = "门牌"
    MEMBERS = "人口"
    PARTY = "是否党员户"
    LIAISON = "联系党员"


# A household without a phone is bound in person; whether a liaison is needed, the row decides.
MAY_BE_EMPTY = frozenset({Column.PHONE, Column.LIAISON})
SHEET = "名册"


@dataclass(frozen=True, slots=True)
class RosterRow:
    """One household as its row says, each cell checked by itself."""

    number: int  # of the row in the sheet, from 1
    town: str
    village: str
    group: str
    head: str
    id_number: str
    phone: str | None
    door_number: str
    member_count: int
    is_party_household: bool
    liaison: str | None  # name
    liaison_tail: str | None  # the last four of the ID number, where a name is not enough


@dataclass(frozen=True, slots=True)
class BrokenRow:
    """What is left of a row with problems: whom others may still name as their liaison."""

    town: str
    village: str
    head: str
