"""What is left, who is told of it, and the workbook for the platform's bill."""

from io import BytesIO

import pytest
from openpyxl import load_workbook
from sqlalchemy import select
from structlog.testing import capture_logs

from app.kernel.db import db
from app.messages.delivery.words import words
from app.messages.notices import Notice
from app.register.identity.roles import Role
from mall.vouchers import jobs
from tests.given.http import assert_refused
from tests.given.vouchers import make_mall


def notices_of(app, kind: str) -> list[Notice]:
    with app.app_context():
        return list(db.session.scalars(select(Notice).where(Notice.kind == kind)))


def swept(app) -> None:
    with app.app_context():
        jobs.withdraw_expired()


def rung(app) -> list[dict]:
    with app.app_context(), capture_logs() as logs:
        jobs.ring_low()
    return [log for log in logs if log["event"] == "vouchers.low"]


def sales(client, desk, since="2026-06-01", until="2026-06-30"):
    return client.get(
        f"/api/v1/vouchers/platforms/{desk.platform_id}/sales?from={since}&to={until}"
    )


def test_the_report_says_what_became_of_every_code(app, desk, phone, noon):
    kind = desk.kind(5, name="话费券", low_mark=3)
    desk.stock(kind, 2, "2026-06-01")
    desk.judged(phone, desk.bought(phone, kind), "another")
    noon.move(days=1)
    swept(app)

    row = desk.stock_row(kind)

    assert {key: row[key] for key in ("imported", "sold", "faulty", "expired", "left")} == {
        "imported": 7,
        "sold": 1,
        "faulty": 1,
        "expired": 0,
        "left": 5,
    }
    assert (row["left_fen"], row["is_low"]) == (9_000, False)


def test_the_night_withdraws_codes_past_their_day(app, desk, noon):
    kind = desk.kind(1)
    desk.stock(kind, 2, "2026-06-01")

    swept(app)
    assert desk.states(kind) == {"free": 3}
    noon.move(days=1)
    swept(app)
    swept(app)

    assert desk.states(kind) == {"free": 1, "expired": 2}


def test_a_kind_that_runs_out_rings_once_for_each_batch(app, desk):
    kind = desk.kind(2, low_mark=3)

    assert [(log["kind_id"], log["left"]) for log in rung(app)] == [(kind, 2)]
    rung(app)
    assert len(notices_of(app, "vouchers_low")) == 1
    desk.stock(kind, 1)
    assert rung(app) == []
    assert desk.stock_row(kind)["is_low"] is False


def test_the_notice_of_what_runs_out_goes_to_the_county_in_words(app, desk, given):
    desk.kind(0, low_mark=3)

    rung(app)

    (notice,) = notices_of(app, "vouchers_low")
    assert (notice.role, notice.region_id) == (Role.COUNTY_ADMIN, given.county())
    assert words(notice).sentence == "有一种券只剩 0 张，请联系平台补充券码"


def test_a_buyer_is_reminded_once_seven_days_before(app, desk, phone, family, noon):
    kind = desk.kind()
    desk.stock(kind, 3, "2026-06-09")
    reminded, used, refunded = (desk.bought(phone, kind) for _ in range(3))
    phone.put(f"/api/v1/vouchers/purchases/{used}/use")
    desk.judged(phone, refunded, "refund")

    swept(app)
    assert notices_of(app, "voucher_expires") == []
    noon.move(days=1)
    swept(app)
    noon.move(days=1)
    swept(app)

    (notice,) = notices_of(app, "voucher_expires")
    assert notice.household_id == family.id
    assert notice.details == {"purchase_id": reminded, "last_on": "2026-06-09", "days_left": 7}
    assert words(notice).hint == "6月9日前用掉"


@pytest.mark.parametrize(
    ("outcome", "hint"),
    [
        ("refund", "退回 1800 分"),
        ("another", "换了新券码，请查看"),
        ("refused", "券码没有问题，点开看"),
    ],
)
def test_the_household_reads_what_was_decided(app, desk, phone, outcome, hint):
    kind = desk.kind(2)
    desk.judged(phone, desk.bought(phone, kind), outcome)

    (notice,) = notices_of(app, "voucher_claim_decided")

    assert words(notice).hint == hint


def test_the_sales_are_exported_with_tails_only(desk, phone, noon):
    kind = desk.kind(4, name="=话费券")
    plain = desk.bought(phone, kind)
    tails = [desk.view(phone, plain).json["code"][-4:]]
    for outcome in ("refund", "another"):
        bought = desk.bought(phone, kind)
        if outcome == "refund":
            tails.append(desk.view(phone, bought).json["code"][-4:])
        desk.judged(phone, bought, outcome)
    tails.append(desk.view(phone, bought).json["code"][-4:])

    answer = sales(desk.admin, desk)

    sheet = load_workbook(BytesIO(answer.data)).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=3)]
    assert [row[1:] for row in rows] == [
        ["=话费券", f"****{tails[0]}", 18, 20, None],
        ["=话费券", f"****{tails[1]}", 18, 20, "坏券，已退分"],
        ["=话费券", f"****{tails[2]}", 18, 20, "坏券，已换码"],
        [None, None, 36, None, "不含已退分的"],
    ]
    assert rows[0][0] == "2026-06-01 12:00"
    assert sheet.cell(3, 2).data_type == "s"
    cells = [str(cell.value) for row in sheet.iter_rows() for cell in row]
    assert not [code for code in desk.texts[kind] if any(code in cell for cell in cells)]


def test_sales_of_other_days_are_not_in_it_and_too_many_days_are_refused(desk, phone):
    desk.bought(phone, desk.kind(1))

    june = load_workbook(BytesIO(sales(desk.admin, desk, "2026-06-02").data)).active

    assert june.max_row == 3
    refused = sales(desk.admin, desk, "2026-01-01", "2026-06-30")
    assert_refused(refused, 422, "vouchers.period_too_long")
    refused = sales(desk.admin, desk, "2026-06-30", "2026-06-01")
    assert_refused(refused, 422, "vouchers.period_too_long")


def test_a_merchant_sees_its_own_platform_only(app, given, mall, noon, desk):
    other = mall.counter()
    make_mall(app, given, other, noon)
    desk.kind(1)

    assert len(desk.counter.owner.get("/api/v1/vouchers/platforms").json["items"]) == 1
    assert len(desk.counter.owner.get("/api/v1/vouchers/stock").json["items"]) == 1
    assert sales(desk.counter.owner, desk).status_code == 200
    assert other.owner.get("/api/v1/vouchers/platforms").json["items"] == []
    assert other.owner.get("/api/v1/vouchers/stock").json["items"] == []
    assert_refused(sales(other.owner, desk), 404, "vouchers.platform_not_found")


def test_the_report_is_paged_and_takes_as_many_queries_for_many(desk, queries):
    kinds = [desk.kind(1) for _ in range(4)]

    counts = []
    for limit in (1, 4):
        with queries() as seen:
            page = desk.admin.get(f"/api/v1/vouchers/stock?limit={limit}").json
        assert [item["id"] for item in page["items"]] == kinds[::-1][:limit]
        counts.append(len(seen))

    assert counts[0] == counts[1]


def test_a_platforms_takings_are_cashed_out_as_any_shops(desk, phone):
    from tests.given.http import post

    desk.bought(phone, desk.kind(1))

    asked = post(desk.counter.owner, "cash-outs", {"amount_fen": 1_800})

    assert asked.status_code == 201
    assert desk.takings() == 0
