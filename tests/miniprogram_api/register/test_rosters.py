"""The roster over HTTP: the template, the dry run, the import, its repeat."""

from io import BytesIO

import pytest
from openpyxl import load_workbook
from sqlalchemy import text

from app.kernel.db import db
from app.register.identity.roles import Role
from tests.given.rosters import book, row

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture
def village(given):
    return given.village("前进村")


@pytest.fixture
def rows(app, village):
    with app.app_context():
        town = db.session.scalar(
            text("SELECT name FROM regions WHERE id = :id"), {"id": village.town_id}
        )
    return [row(number, 镇=town) for number in (1, 2)]


def upload(client, file, key="roster-key-1", **form):
    return client.post(
        "/api/v1/roster-imports",
        data={"file": (file, "roster.xlsx"), **form},
        headers={"Idempotency-Key": key} if key else {},
    )


def households(app):
    with app.app_context():
        return db.session.scalar(text("SELECT count(*) FROM households"))


def test_a_dry_run_counts_and_changes_nothing(app, given, village, rows):
    worker = given.staff(Role.VILLAGE_ADMIN, village.id)

    answer = upload(worker, book(*rows), dry_run="true")

    assert answer.status_code == 200
    assert answer.json == {
        "is_dry_run": True,
        "rows": 2,
        "added": 2,
        "updated": 0,
        "unchanged": 0,
        "new_groups": [],
        "problem_count": 0,
        "problems": [],
        "question_count": 0,
        "confirmation_count": 0,
        "confirmations": [],
        "warning_count": 0,
        "warnings": [],
        "difference_count": 0,
        "differences": [],
        "questions": [],
    }
    assert households(app) == 0


def test_a_dry_run_lists_problems(app, given, village, rows):
    worker = given.staff(Role.VILLAGE_ADMIN, village.id)

    answer = upload(worker, book(rows[0], rows[1] | {"人口": 0}), dry_run="true")

    assert answer.status_code == 200
    assert answer.json["problem_count"] == 1
    assert answer.json["problems"] == [
        {"row": 3, "column": "人口", "kind": "member_count", "message": "应为 1 到 30 的整数"}
    ]


def test_an_import_repeated_with_its_key_answers_the_same(app, given, village, rows):
    worker = given.staff(Role.TOWN_ADMIN, village.town_id)
    file = book(*rows).getvalue()

    first = upload(worker, BytesIO(file))
    repeat = upload(worker, BytesIO(file))
    another = upload(worker, BytesIO(file), key="roster-key-2")

    assert (first.status_code, first.json["added"]) == (200, 2)
    assert repeat.json == first.json
    assert (another.json["added"], another.json["unchanged"]) == (0, 2)
    assert households(app) == 2


def test_an_import_with_problems_is_refused_and_changes_nothing(app, given, village, rows):
    worker = given.staff(Role.COUNTY_ADMIN, village.county_region_id)

    answer = upload(worker, book(rows[0], rows[1] | {"手机号": "1"}))

    assert (answer.status_code, answer.json["code"]) == (422, "roster.has_problems")
    assert answer.json["details"]["total"] == 1
    assert answer.json["details"]["problems"][0]["row"] == 3
    assert households(app) == 0


def test_a_file_that_is_no_workbook_is_refused(app, given, village):
    worker = given.staff(Role.VILLAGE_ADMIN, village.id)

    answer = upload(worker, BytesIO(b"hello"))

    assert (answer.status_code, answer.json["code"]) == (422, "workbook.not_a_workbook")


def test_an_upload_over_the_limit_of_the_server_is_refused(app, given, village, monkeypatch):
    worker = given.staff(Role.VILLAGE_ADMIN, village.id)
    monkeypatch.setitem(app.config, "MAX_CONTENT_LENGTH", 100_000)

    answer = upload(worker, BytesIO(bytes(100_001)))

    assert answer.status_code == 413
    assert answer.json["message"] == "文件太大，请压缩后再上传"


def test_an_import_needs_a_file_and_a_key(given, village, rows):
    worker = given.staff(Role.VILLAGE_ADMIN, village.id)

    without_key = upload(worker, book(*rows), key=None)
    without_file = worker.post(
        "/api/v1/roster-imports", data={}, headers={"Idempotency-Key": "roster-key-3"}
    )

    assert (without_key.status_code, without_key.json["code"]) == (400, "idempotency.key_missing")
    assert without_file.status_code == 422


@pytest.mark.parametrize("role", [Role.GROUP_LEADER, Role.REVIEWER, Role.AUDITOR, Role.BANK])
def test_other_roles_may_neither_import_nor_fetch_the_template(app, given, village, rows, role):
    client = given.staff(role, village.county_region_id)

    assert upload(client, book(*rows)).status_code == 403
    assert client.get("/api/v1/roster-template").status_code == 403
    assert households(app) == 0


def test_the_template_filled_in_can_be_imported(app, given, village, rows):
    worker = given.staff(Role.VILLAGE_ADMIN, village.id)

    answer = worker.get("/api/v1/roster-template")
    assert (answer.status_code, answer.content_type) == (200, XLSX)
    workbook = load_workbook(BytesIO(answer.data))
    for values in rows:
        workbook["名册"].append(list(values.values()))
    filled = BytesIO()
    workbook.save(filled)
    filled.seek(0)

    assert upload(worker, filled).json["added"] == 2


def test_the_template_offers_the_villages_of_the_area_and_explains_every_column(given, village):
    given.village("别处村")
    worker = given.staff(Role.VILLAGE_ADMIN, village.id)

    workbook = load_workbook(BytesIO(worker.get("/api/v1/roster-template").data))

    sheet, explained, lists = (workbook[name] for name in ("名册", "说明", "选项"))
    headings = [cell.value for cell in sheet[1]]
    assert headings == [
        "镇", "村", "组", "户主姓名", "身份证号", "手机号", "门牌", "人口", "是否党员户",
        "联系党员", "同门牌",
    ]  # fmt: skip
    assert [explained[f"A{n}"].value for n in range(2, 13)] == headings
    assert [cell.value for cell in lists["B"]][:1] == ["前进村"]
    assert "别处村" not in [cell.value for line in lists for cell in line]
    offered = {str(v.sqref): v.type for v in sheet.data_validations.dataValidation}
    assert offered == {
        "A2:A50001": "list",
        "B2:B50001": "list",
        "I2:I50001": "list",
        "H2:H50001": "whole",
        "K2:K50001": "list",
    }
    assert sheet.column_dimensions["E"].number_format == "@"
