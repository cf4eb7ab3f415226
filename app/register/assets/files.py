"""Assets in Excel: the template, and the import with its dry run.

An asset is known by its kind and number: the same file again changes nothing. What is not in the
file is left alone, and no row puts anything out of use.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import IO
from uuid import UUID

from sqlalchemy import select

from app.kernel import audit, tables, texts
from app.kernel.db import db, savepoint
from app.kernel.errors import DomainError
from app.kernel.geo import micro
from app.kernel.tables import Cells, Columns, Problem, Problems, Row, Table
from app.register.assets import registering
from app.register.assets.errors import FileHasProblems, NothingToImport
from app.register.assets.models import KIND_NAMES, Asset, AssetKind
from app.register.assets.registering import Facts
from app.register.assets.streams import STREAM_NAMES, Stream
from app.register.households.models import Household, HouseholdState
from app.register.identity.caller import Caller
from app.register.regions import queries as regions

ROWS_MAX = 2_000
PROBLEMS_LISTED = 500
_KINDS = {name: kind for kind, name in KIND_NAMES.items()}
_STREAMS = {name: stream for stream, name in STREAM_NAMES.items()}
_YES_OR_NO = {"是": True, "否": False, "": False}


class Kind(StrEnum):
    """What a file of assets may have wrong beside ``tables.Kind``."""

    ASSET_KIND = "asset_kind"
    NUMBER_TWICE = "number_twice"
    PLACE_UNKNOWN = "place_unknown"
    HOUSEHOLD_UNKNOWN = "household_unknown"
    STREAMS = "streams"
    YES_OR_NO = "yes_or_no"
    WHOLE = "whole"
    DEGREES = "degrees"
    NOT_FIT = "not_fit"


SENTENCES: dict[Kind, str] = {
    Kind.ASSET_KIND: "没有这个类别，请从下拉列表中选择",
    Kind.NUMBER_TWICE: "与第 {other} 行的类别和编号相同，请删除其中一行",
    Kind.PLACE_UNKNOWN: "没有找到这个地方，请写成“和平镇/前进村/一组”，写到村或镇也可以",
    Kind.HOUSEHOLD_UNKNOWN: "这个组里没有这个门牌号，请核对花名册",
    Kind.STREAMS: "收运类别看不懂，请写成“易腐垃圾、其他垃圾”",
    Kind.YES_OR_NO: "只能填“是”或“否”",
    Kind.WHOLE: "应为大于 0 的整数；不知道就留空",
    Kind.DEGREES: "应为度数，例如 30.747600；不知道就两格都留空",
    Kind.NOT_FIT: "{why}",
}


def _degrees(text: str) -> int | None:
    """Millionths of a degree, or None."""
    whole, _, part = text.partition(".")
    if not texts.are_digits(whole) or (part and not texts.are_digits(part)) or len(text) > 12:
        return None
    return micro(float(text))


def _whole(text: str) -> int | None:
    return int(text) if texts.are_digits(text) and 0 < len(text) < 9 and int(text) else None


class Column(Columns):
    KIND = (
        "类别",
        Cells(
            choices=tuple(_KINDS), wrong=Kind.ASSET_KIND, how="从下拉列表中选择", example="垃圾桶"
        ),
    )
    NUMBER = (
        "编号",
        Cells(
            clean=texts.number,
            length_max=12,
            how="印在设施上的短编号，同类里不重复",
            example="N001",
            is_text=True,
        ),
    )
    NAME = "名称", Cells(how="60 个字以内", example="东头厨余桶", width=24, is_text=True)
    PLACE = "地点", Cells(how="镇/村/组，写到哪一级都可以", example="和平镇/前进村/一组", width=28)
    DOOR = (
        "户（门牌号）",
        Cells(optional="属于一户时填", how="花名册里的门牌号", example="12号", is_text=True),
    )
    STREAMS = (
        "收运类别",
        Cells(optional="可以不填", how="用顿号隔开", example="易腐垃圾、其他垃圾", width=24),
    )
    APART = (
        "分格",
        Cells(
            optional="可以不填",
            choices=("是", "否"),
            wrong=Kind.YES_OR_NO,
            how="每种垃圾各有一格",
            example="否",
        ),
    )
    LITRES = (
        "容积（升）",
        Cells(
            optional="可以不填", clean=texts.number, right=_whole, wrong=Kind.WHOLE, example="240"
        ),
    )
    TARE = (
        "皮重（千克）",
        Cells(
            optional="可以不填", clean=texts.number, right=_whole, wrong=Kind.WHOLE, example="15"
        ),
    )
    PLATE = (
        "车牌",
        Cells(
            optional="车辆必填", clean=texts.number, length_max=20, example="浙F12345", is_text=True
        ),
    )
    LATITUDE = (
        "纬度",
        Cells(
            optional="可以不填",
            clean=texts.number,
            right=_degrees,
            wrong=Kind.DEGREES,
            how="地图上的度数（GCJ-02）",
            example="30.747600",
            is_text=True,
        ),
    )
    LONGITUDE = (
        "经度",
        Cells(
            optional="可以不填",
            clean=texts.number,
            right=_degrees,
            wrong=Kind.DEGREES,
            how="地图上的度数（GCJ-02）",
            example="120.783100",
            is_text=True,
        ),
    )


TABLE = Table(
    "设施",
    Column,
    rows_max=ROWS_MAX,
    notes=(
        f"每个设施一行，一个文件最多 {ROWS_MAX} 个。不要合并单元格，不要用公式。",
        "按类别和编号认设施：有变化的更新，表里没有的不动。导入的新设施要再点“投入使用”。",
    ),
)


@dataclass(frozen=True)
class Outcome:
    """What an import did, or would do if it was a dry run."""

    is_dry_run: bool
    rows: int
    added: int
    updated: int
    unchanged: int
    problem_count: int
    problems: tuple[Problem, ...]  # the first of them, by row


class _Undone(Exception):
    """What the rows wrote is taken back: it was a dry run, or one of them was wrong."""


def template() -> bytes:
    """An .xlsx with the headings, lists to choose from, and a sheet that explains each column."""
    return tables.template(TABLE, {})


def import_assets(file: IO[bytes], *, is_dry_run: bool, by: Caller, at: datetime) -> Outcome:
    """Bring the assets of a workbook into the register, all of them or none.

    A dry run does all that a real one does, and takes it back.

    Raises:
        FileHasProblems: a real run met problems; nothing was changed.
        NothingToImport: there is no row below the heading.
        WorkbookEmpty, WorkbookTooLarge, WorkbookTooOld, WorkbookEncrypted, NotAWorkbook,
        SheetMissing, TooManyRows: the file is no file of assets.
    """
    problems = Problems(PROBLEMS_LISTED, SENTENCES)
    done = {"added": 0, "updated": 0, "unchanged": 0}
    count = 0
    try:
        with tables.reading(file, TABLE, problems) as reader, savepoint():
            for row in _rows_once(reader.rows()):
                count += 1
                _write(row, done, by, at)
            if is_dry_run or problems.total:
                raise _Undone
    except _Undone:
        pass
    if problems.total and not is_dry_run:
        raise FileHasProblems(**problems.details())
    if not count and not problems.total:
        raise NothingToImport()
    if problems.total:
        return Outcome(True, count, 0, 0, 0, problems.total, tuple(problems.listed()))
    if not is_dry_run:
        _trace(done, by, at)
    return Outcome(is_dry_run, count, **done, problem_count=0, problems=())


def _rows_once(rows: Iterator[Row[Column]]) -> Iterator[Row[Column]]:
    """The rows; of two with one number the second is told to be wrong."""
    seen: dict[tuple[str, str], int] = {}
    for row in rows:
        other = seen.setdefault((row[Column.KIND], row[Column.NUMBER]), row.number)
        if other != row.number:
            row.problem(Column.NUMBER, Kind.NUMBER_TWICE, other=other)
        yield row


def _write(row: Row[Column], done: dict[str, int], by: Caller, at: datetime) -> None:
    if not row.is_right:
        return
    kind, number = _KINDS[row[Column.KIND]], row[Column.NUMBER]
    known = db.session.scalar(
        select(Asset).where(
            Asset.county_id == by.county_id, Asset.kind == kind, Asset.number == number
        )
    )
    facts = _facts(row, known, by)
    if facts is None:
        return
    try:
        if known is None:
            registering.enter(kind=kind, number=number, facts=facts, by=by, at=at)
            done["added"] += 1
        elif any(value != getattr(known, name) for name, value in facts.columns().items()):
            registering.change(asset_id=known.id, facts=facts, by=by, at=at)
            done["updated"] += 1
        else:
            done["unchanged"] += 1
    except DomainError as error:
        row.problem(Column.NUMBER, Kind.NOT_FIT, why=error.sentence())


def _facts(row: Row[Column], known: Asset | None, by: Caller) -> Facts | None:
    """What the row says; what it has no column for stays as it is known."""
    place = regions.by_path(by.county_id, [name for name in row[Column.PLACE].split("/") if name])
    if place is None:
        row.problem(Column.PLACE, Kind.PLACE_UNKNOWN)
        return None
    household_id = _household(row, place.id, by)
    streams = _named_streams(row)
    if not row.is_right:
        return None
    tare = _whole(row[Column.TARE])
    return Facts(
        name=row[Column.NAME],
        region_id=place.id,
        streams=streams,
        is_kept_apart=_YES_OR_NO[row[Column.APART]],
        inside_id=known.inside_id if known is not None else None,
        household_id=household_id,
        litres=_whole(row[Column.LITRES]),
        tare_grams=tare and tare * 1_000,
        plate=row[Column.PLATE] or None,
        lat_e6=_degrees(row[Column.LATITUDE]),
        lon_e6=_degrees(row[Column.LONGITUDE]),
        details=known.details if known is not None else {},
    )


def _household(row: Row[Column], group_id: UUID, by: Caller) -> UUID | None:
    door = row[Column.DOOR]
    if not door:
        return None
    found = db.session.scalar(
        select(Household.id).where(
            Household.county_id == by.county_id,
            Household.group_id == group_id,
            Household.door_number == door,
            Household.state != HouseholdState.CLOSED,
        )
    )
    if found is None:
        row.problem(Column.DOOR, Kind.HOUSEHOLD_UNKNOWN)
    return found


def _named_streams(row: Row[Column]) -> list[Stream]:
    names = [name for name in row[Column.STREAMS].replace("，", "、").split("、") if name]
    if any(name not in _STREAMS for name in names):
        row.problem(Column.STREAMS, Kind.STREAMS)
        return []
    return [_STREAMS[name] for name in names]


def _trace(done: Mapping[str, int], by: Caller, at: datetime) -> None:
    audit.record(
        "assets.import",
        county_id=by.county_id,
        actor_id=by.user_id,
        subject=("county", by.county_id),
        at=at,
        added=done["added"],
        updated=done["updated"],
    )


assert set(_KINDS.values()) == set(AssetKind), "each kind has its own name"
