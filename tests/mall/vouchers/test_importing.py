"""Batches of codes: every problem by row, all or nothing, the same file once, and sealed."""

import hashlib
from datetime import datetime

import pytest
from sqlalchemy import select, text

from app.kernel.audit.models import AuditEvent
from app.kernel.db import db
from app.register.identity.roles import Role
from mall.vouchers.models import VoucherBatch, VoucherCode
from tests.given.http import assert_refused
from tests.given.vouchers import codes, csv_of, xlsx_of

GOOD = ("AAAA-BBBB-0001", "2026-12-31")


def problems(answer) -> list[tuple]:
    return [(p["row"], p["column"], p["kind"]) for p in answer.json["problems"]]


def test_a_batch_is_imported_with_its_count_and_sha256(app, desk):
    kind = desk.kind(last_on="2026-11-30")
    content = csv_of([("AAAA-BBBB-0001", "2026-12-31"), ("AAAA-BBBB-0002", "")])

    answer = desk.send(kind, content)

    sha256 = hashlib.sha256(content).hexdigest()
    assert answer.status_code == 200
    assert answer.json["count"] == 2
    assert answer.json["sha256"] == sha256
    assert not answer.json["is_repeat"]
    batches = desk.admin.get(f"/api/v1/vouchers/kinds/{kind}/batches").json["items"]
    assert [(b["id"], b["count"], b["sha256"]) for b in batches] == [
        (answer.json["batch_id"], 2, sha256)
    ]
    with app.app_context():
        rows = db.session.scalars(select(VoucherCode).order_by(VoucherCode.row_number)).all()
        assert [(r.row_number, r.last_on.isoformat(), r.tail) for r in rows] == [
            (2, "2026-12-31", "0001"),
            (3, "2026-11-30", "0002"),
        ]
        event = db.session.scalars(
            select(AuditEvent).where(AuditEvent.action == "vouchers.import_batch")
        ).one()
        assert (event.details["count"], event.details["sha256"]) == (2, sha256)


@pytest.mark.parametrize("make", [csv_of, xlsx_of, lambda rows: csv_of(rows, encoding="gb18030")])
def test_excel_and_both_kinds_of_csv_are_read(desk, make):
    kind = desk.kind()

    answer = desk.send(kind, make([("CODE-00001", "2026年12月31日"), ("CODE-00002", "2026/7/1")]))

    assert (answer.status_code, answer.json["count"]) == (200, 2)


def test_the_same_file_again_changes_nothing(desk):
    kind = desk.kind()
    content = csv_of([GOOD])
    first = desk.send(kind, content)

    again = desk.send(kind, content)

    assert again.json == {**first.json, "is_repeat": True}
    assert desk.states(kind) == {"waiting": 1}


def test_a_dry_run_lists_every_problem_by_row_and_changes_nothing(desk):
    kind = desk.kind()
    known = desk.stock(kind, 1)[0]
    rows = [
        ("", "2026-12-31"),
        ("GOOD-000001", "2026-12-31"),
        ("GOOD-000001", ""),
        (known, ""),
        ("GOOD-000002", "2026-05-31"),
        ("GOOD-000003", "明年"),
        ("短", ""),
        ("GOOD 000004", ""),
    ]

    answer = desk.dry_run(kind, csv_of(rows))

    assert answer.status_code == 200
    assert problems(answer) == [
        (2, "券码", "empty"),
        (4, "券码", "twice"),
        (5, "券码", "known"),
        (6, "最后可用日", "expired"),
        (7, "最后可用日", "day"),
        (8, "券码", "code"),
        (9, "券码", "code"),
    ]
    assert answer.json["problem_count"] == 7
    assert desk.states(kind) == {"free": 1}


def test_a_file_with_problems_is_refused_whole_and_no_code_is_repeated_in_the_answer(desk):
    kind = desk.kind()

    answer = desk.send(kind, csv_of([("GOOD-000001", ""), ("GOOD-000001", "")]))

    assert_refused(answer, 422, "vouchers.has_problems")
    assert answer.json["details"]["total"] == 1
    assert "GOOD-000001" not in answer.get_data(as_text=True)
    assert desk.states(kind) == {}


def test_a_code_of_another_kind_of_the_platform_is_known(desk):
    one, other = desk.kind(), desk.kind()
    desk.send(one, csv_of([GOOD]))

    assert problems(desk.dry_run(other, csv_of([GOOD]))) == [(2, "券码", "known")]


def test_two_platforms_may_have_the_same_code(app, given, mall, noon, desk):
    from tests.given.vouchers import make_mall

    counter = mall.counter()
    make_mall(app, given, counter, noon)
    other_platform = desk.enter_platform(counter, "示范网上商城").json["id"]
    one, other = desk.kind(), desk.kind(platform_id=other_platform)
    desk.send(one, csv_of([GOOD]))

    assert desk.send(other, csv_of([GOOD])).status_code == 200


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (lambda sheet: sheet.cell(2, 1, 6901234567890123), (2, "券码", "number")),
        (lambda sheet: sheet.cell(2, 1, "=A3"), (2, "券码", "formula")),
        (lambda sheet: sheet.cell(2, 2, datetime(2026, 5, 31)), (2, "最后可用日", "expired")),
        (lambda sheet: sheet.cell(1, 2, "密码"), (1, "2", "column_unknown")),
        (lambda sheet: sheet.cell(1, 3, "券码"), (1, "券码", "column_twice")),
        (lambda sheet: sheet.cell(1, 1, "AAAA-BBBB-0000"), (1, "券码", "column_missing")),
        (lambda sheet: sheet.merge_cells("A2:A3"), (2, "A", "merged")),
    ],
)
def test_what_excel_does_to_codes_is_told(desk, change, found):
    answer = desk.dry_run(desk.kind(), xlsx_of([GOOD, ("AAAA-BBBB-0003", "")], change=change))

    assert found in problems(answer)
    assert "AAAA-BBBB" not in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "workbook.empty"),
        (csv_of([]), "vouchers.no_rows"),
        (b"\x89PNG\r\n\x00\x00", "vouchers.not_a_table"),
        (b'\xe5\x88\xb8\xe7\xa0\x81\r\n"AB"C"', "vouchers.not_a_table"),
        (csv_of([("GOOD-000001",)] * 10_001), "workbook.too_many_rows"),
    ],
)
def test_what_is_no_file_of_codes_is_refused(desk, content, code):
    kind = desk.kind()

    assert_refused(desk.send(kind, content), 422, code)

    assert desk.states(kind) == {}


def test_codes_whose_kind_has_ended_need_a_day_of_their_own(desk):
    kind = desk.kind(last_on="2026-05-31")

    answer = desk.dry_run(kind, csv_of([("GOOD-000001", ""), ("GOOD-000002", "2026-06-01")]))

    assert problems(answer) == [(2, "最后可用日", "expired")]


def test_nothing_is_imported_of_a_withdrawn_kind(desk):
    kind = desk.kind()
    desk.withdrawn(kind)

    assert_refused(desk.send(kind, csv_of([GOOD])), 409, "vouchers.kind_withdrawn")


def test_codes_lie_sealed_and_no_column_of_any_table_holds_one(app, desk, phone):
    kind = desk.kind()
    texts = desk.stock(kind, 3)
    desk.view(phone, desk.bought(phone, kind))

    with app.app_context():
        tables = db.session.scalars(
            text(
                "SELECT tablename FROM pg_tables"
                " WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
            )
        ).all()
        for table in tables:
            rows = db.session.scalars(text(f"SELECT t::text FROM {table} t")).all()
            for row in rows:
                for clear in texts:
                    assert clear not in row, table
                    assert clear.encode().hex() not in row, table


def test_a_sealed_code_does_not_open_in_the_row_of_another(app, desk):
    from app.kernel.secrets import Sealed
    from mall.vouchers import secrets

    desk.stock(desk.kind(), 2)

    with app.app_context():
        one, other = db.session.scalars(select(VoucherCode)).all()
        with pytest.raises(Sealed):
            secrets.unseal(one.id, other.sealed)


def test_another_county_and_other_roles_import_nothing(desk, given):
    kind = desk.kind()
    abroad = given.staff(Role.COUNTY_ADMIN, given.county(990102), 990102)
    for client, status in (
        (abroad, 404),
        (desk.counter.owner, 403),
        (desk.counter.clerk, 403),
        (given.visitor(), 403),
    ):
        assert desk.send(kind, csv_of([GOOD]), client=client).status_code == status

    assert desk.states(kind) == {}


def test_many_codes_take_few_queries(app, desk, queries):
    kind = desk.kind()
    content = csv_of([(code, "") for code in codes(2_500)])

    with queries() as seen:
        assert desk.send(kind, content).status_code == 200

    assert len([one for one in seen if "INSERT INTO voucher_codes" in one]) == 3
    assert len(seen) < 30
    with app.app_context():
        assert db.session.scalars(select(VoucherBatch.count)).one() == 2_500
