"""Assets in Excel: all or nothing, a dry run changes nothing, the same file twice neither."""

from io import BytesIO

import pytest
from openpyxl import Workbook, load_workbook
from sqlalchemy import func, select

from app.kernel.db import db, transaction
from app.register.assets import files
from app.register.assets.errors import FileHasProblems, NothingToImport
from app.register.assets.files import Column, Kind
from app.register.assets.models import Asset, AssetState
from app.register.identity.roles import Role
from app.register.regions.models import Region


def book(*rows) -> BytesIO:
    made = Workbook()
    sheet = made.active
    sheet.title = "设施"
    sheet.append(list(Column))
    for row in rows:
        sheet.append([row.get(heading) for heading in Column])
    out = BytesIO()
    made.save(out)
    out.seek(0)
    return out


@pytest.fixture
def family(given):
    return given.household(door="12号")


@pytest.fixture
def place(app, family):
    """``place()``: the family's village as people write it; ``place("一组")`` their group."""

    def written(*below: str) -> str:
        with app.app_context():
            village = db.session.get_one(Region, family.village.id)
            town = db.session.get_one(Region, village.parent_id)
            return "/".join([town.name, village.name, *below])

    return written


@pytest.fixture
def send(app, given, family, noon):
    admin = given.caller(Role.VILLAGE_ADMIN, family.village.id)

    def run(file, **how):
        with app.app_context(), transaction():
            return files.import_assets(
                file, is_dry_run=how.get("is_dry_run", False), by=admin, at=noon()
            )

    return run


def count(app) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(Asset))


def test_a_file_is_tried_imported_imported_again_and_changed(app, family, place, send):
    a_bin = {
        Column.KIND: "垃圾桶",
        Column.NUMBER: "N1",
        Column.NAME: "厨余桶",
        Column.PLACE: place("一组"),
        Column.DOOR: "12号",
        Column.STREAMS: "易腐垃圾、其他垃圾",
        Column.LITRES: 240,
        Column.TARE: 15,
    }
    booth = {
        Column.KIND: "两定四分点",
        Column.NUMBER: "T1",
        Column.NAME: "东头投放点",
        Column.PLACE: place(),
        Column.APART: "是",
        Column.LATITUDE: "30.7476",
        Column.LONGITUDE: "120.7831",
    }

    tried = send(book(a_bin, booth), is_dry_run=True)
    assert (tried.is_dry_run, tried.added, tried.problem_count, count(app)) == (True, 2, 0, 0)
    done = send(book(a_bin, booth))
    again = send(book(a_bin, booth))
    changed = send(book(a_bin | {Column.LITRES: 120}))

    figures = [(one.added, one.updated, one.unchanged) for one in (done, again, changed)]
    assert figures == [(2, 0, 0), (0, 0, 2), (0, 1, 0)]
    with app.app_context():
        of_family, known_booth = db.session.scalars(select(Asset).order_by(Asset.number)).all()
    assert (of_family.household_id, of_family.streams) == (family.id, ["kitchen", "residual"])
    assert (of_family.litres, of_family.tare_grams, of_family.state) == (
        120,
        15_000,
        AssetState.NEW,
    )
    assert (known_booth.position, known_booth.is_kept_apart) == ((30_747_600, 120_783_100), True)


def test_every_problem_is_told_at_once_and_nothing_is_imported(app, place, send):
    right = {Column.KIND: "垃圾桶", Column.NUMBER: "N1", Column.NAME: "桶", Column.PLACE: place()}
    wrong = [
        right | {Column.NUMBER: "N2", Column.PLACE: "没有镇/没有村"},
        right | {Column.NUMBER: "N3", Column.PLACE: place("一组"), Column.DOOR: "没有这户"},
        right | {Column.NUMBER: "N4", Column.STREAMS: "厨房的"},
        right,  # twice
        right | {Column.NUMBER: "V1", Column.KIND: "车辆"},  # has no plate
        right | {Column.NUMBER: "N6", Column.LITRES: "很多"},
    ]

    tried = send(book(right, *wrong), is_dry_run=True)

    assert [(one.row, one.kind) for one in tried.problems] == [
        (3, Kind.PLACE_UNKNOWN),
        (4, Kind.HOUSEHOLD_UNKNOWN),
        (5, Kind.STREAMS),
        (6, Kind.NUMBER_TWICE),
        (7, Kind.NOT_FIT),
        (8, Kind.WHOLE),
    ]
    with pytest.raises(FileHasProblems):
        send(book(right, *wrong))
    with pytest.raises(NothingToImport):
        send(book())
    assert count(app) == 0


def test_the_template_has_every_column():
    sheet = load_workbook(BytesIO(files.template()))["设施"]

    assert [cell.value for cell in sheet[1]] == list(Column)
