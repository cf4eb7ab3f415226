"""The columns of a roster and the household that one row describes."""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

from app.kernel import texts
from app.kernel.tables import ROWS_MAX, Cells, Columns, Table
from app.register.households.roster.problems import Kind

MEMBERS_MAX = 30
YES_OR_NO = {"是": True, "否": False}


class SameDoor(StrEnum):
    """What a clerk answers when the door is that of another head."""

    ANOTHER_HOUSEHOLD = "另一户"
    HEAD_CHANGED = "换户主"


_PHONE = re.compile(r"1[3-9][0-9]{9}")


def _id_number(text: str) -> str:
    return texts.digits(text).upper()


_name = partial(Cells, clean=texts.name, length_max=30, width=10)


class Column(Columns):
    """The headings, exactly as a village clerk has them."""

    TOWN = "镇", _name(how="从下拉列表中选择；镇由县里先登记", example="和平镇")
    VILLAGE = "村", _name(how="从下拉列表中选择；村由县里先登记", example="前进村")
    GROUP = (
        "组",
        _name(
            how="片或组的名称；同一组每行写法要一样，没有的组会自动新建",
            example="一组",
            is_text=True,
        ),
    )
    HEAD = "户主姓名", _name(how="与身份证一致，30 个字以内", example="张三", width=12)
    ID_NUMBER = (
        "身份证号",
        Cells(
            clean=_id_number,
            length_max=30,
            no_numbers=Kind.ID_STORED_AS_NUMBER,
            how="18 位，外国人旧永居证 15 位；这一列必须是文本格式，否则末几位会变",
            example="990101198001010014",  # of a region that does not exist
            width=24,
            is_text=True,
        ),
    )
    PHONE = (
        "手机号",
        Cells(
            optional="可以不填",  # a household without a phone is bound in person
            clean=texts.digits,
            length_max=30,
            right=_PHONE.fullmatch,
            wrong=Kind.PHONE,
            how="11 位手机号；住户用它在微信里绑定，没有的由村里当面绑定",
            example="19900000001",
            width=16,
            is_text=True,
        ),
    )
    DOOR = (
        "门牌",
        Cells(
            clean=texts.name,
            how="门牌或住址，60 个字以内",
            example="3-12",
            width=18,
            is_text=True,
        ),
    )
    MEMBERS = (
        "人口",
        Cells(
            clean=texts.number,
            length_max=30,
            whole=(1, MEMBERS_MAX),
            wrong=Kind.MEMBER_COUNT,
            how=f"常住人口，1 到 {MEMBERS_MAX} 的整数",
            example="4",
            width=10,
        ),
    )
    PARTY = (
        "是否党员户",
        _name(choices=tuple(YES_OR_NO), wrong=Kind.PARTY, how="只能填 是 或 否", example="否"),
    )
    LIAISON = (
        "联系党员",
        _name(
            optional="党员户可以不填",  # the row decides
            how="本村一位党员户户主的姓名；有同名的写 姓名(身份证末四位)",
            example="李四 或 李四(1234)",
            is_text=True,
        ),
    )
    SAME_DOOR = (
        "同门牌",
        _name(
            optional="一般不用填",
            may_be_missing=True,
            choices=tuple(SameDoor),
            wrong=Kind.SAME_DOOR,
            how="导入时问到“这个门牌是另一位户主”才填：另一户 或 换户主",
            example="",
        ),
    )


SHEET = "名册"
TABLE = Table(
    SHEET,
    Column,
    notes=(
        f"每户一行，一个文件最多 {ROWS_MAX} 户。不要合并单元格，不要用公式。",
        "重复导入不会重复登记：按户主身份证号认户，有变化的更新，表里没有的户不动。",
    ),
)


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
    same_door: SameDoor | None


@dataclass(frozen=True, slots=True)
class BrokenRow:
    """What is left of a row with problems: whom others may still name as their liaison."""

    town: str
    village: str
    head: str
