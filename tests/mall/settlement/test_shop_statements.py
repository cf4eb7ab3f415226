"""A shop's account statement: opening + movements = closing, in every form, for every period."""

from datetime import date, timedelta
from io import BytesIO
from random import Random

import pytest
from openpyxl import load_workbook

from app.kernel import clock
from app.points import ledger
from app.register.identity.roles import Role
from mall.settlement import jobs
from tests.given.http import post

DAY = date(2026, 6, 1)


def statement(client, counter, from_on=DAY, to_on=DAY, **args):
    query = {"from": str(from_on), "to": str(to_on), **args}
    return client.get(counter.url("statement"), query_string=query)


@pytest.fixture
def busy(mall, counter, bank, noon):
    """A shop that took 500 and 200 and was paid 300, on the first three days of June."""
    mall.takings(counter, 500)
    noon.move(days=1)
    cash_out = mall.asked(counter, 300)
    mall.go_on(cash_out)
    noon.move(seconds=30)
    assert mall.go_on(cash_out) == "settled"
    noon.move(days=1)
    mall.takings(counter, 200)
    return counter


def test_the_statement_lists_each_movement_with_the_balance_after_it(busy):
    answer = statement(busy.owner, busy, DAY, DAY + timedelta(days=2))

    told = answer.json
    assert answer.status_code == 200
    assert (told["opening_fen"], told["in_fen"], told["out_fen"]) == (0, 700, 300)
    assert told["closing_fen"] == 400
    assert [
        (m["kind"], m["words"], m["amount_fen"], m["balance_fen"]) for m in told["movements"]
    ] == [
        ("redemption", "村民兑换", 500, 500),
        ("cash_out", "提现", -300, 200),
        ("redemption", "村民兑换", 200, 400),
    ]
    assert told["movements"][0]["at"] == "2026-06-01T04:00:00+00:00"


def test_a_period_begins_with_what_was_there_before(busy):
    told = statement(busy.owner, busy, DAY + timedelta(days=1), DAY + timedelta(days=1)).json

    assert (told["opening_fen"], told["closing_fen"]) == (500, 200)
    assert [m["amount_fen"] for m in told["movements"]] == [-300]


def test_a_day_without_movements_closes_as_it_opened(busy):
    told = statement(busy.owner, busy, DAY + timedelta(days=9), DAY + timedelta(days=9)).json

    assert (told["opening_fen"], told["closing_fen"], told["movements"]) == (400, 400, [])


def test_the_days_are_those_of_china(mall, counter, noon):
    noon.at = clock.day_start(DAY)
    mall.takings(counter, 1)
    noon.at = clock.day_end(DAY) - timedelta(milliseconds=1)
    mall.takings(counter, 2)
    noon.at = clock.day_end(DAY)
    mall.takings(counter, 4)

    assert statement(counter.owner, counter).json["closing_fen"] == 3
    next_day = DAY + timedelta(days=1)
    assert statement(counter.owner, counter, next_day, next_day).json["opening_fen"] == 3


@pytest.mark.parametrize("seed", range(3))
def test_opening_and_movements_make_the_closing_for_every_period(
    seed, app, mall, counter, bank, noon
):
    chance = Random(seed)
    waiting = []
    for _ in range(40):
        noon.move(hours=chance.randint(0, 40))
        if chance.random() < 0.6:
            mall.takings(counter, chance.randint(1, 500))
        else:
            mall.limit(200_000)
            free = mall.balances(counter)["shop"]
            if free:
                asked = post(counter.owner, "cash-outs", {"amount_fen": chance.randint(1, free)})
                waiting.append(mall.cash_out(asked.json["id"]))
        with app.app_context():
            for county_id, cash_out_id in jobs.queries.due_cash_outs(noon(), limit=100):
                jobs.go_on(str(county_id), str(cash_out_id))
    last = clock.day_of(noon())

    with app.app_context():
        on_the_account = ledger.balance(990101, ledger.shop(counter.shop_id)).posted
    whole = statement(counter.owner, counter, DAY, last).json
    assert (whole["opening_fen"], whole["closing_fen"]) == (0, on_the_account)
    assert whole["closing_fen"] == whole["in_fen"] - whole["out_fen"]
    for _ in range(20):
        middle = DAY + timedelta(days=chance.randint(0, (last - DAY).days - 1))
        first = statement(counter.owner, counter, DAY, middle).json
        rest = statement(counter.owner, counter, middle + timedelta(days=1), last).json
        assert first["closing_fen"] == rest["opening_fen"], (seed, middle)
        assert rest["closing_fen"] == on_the_account
        for told in (first, rest):
            moved = sum(m["amount_fen"] for m in told["movements"])
            assert told["opening_fen"] + moved == told["closing_fen"], (seed, middle)
        assert first["movements"] + rest["movements"] == whole["movements"]


def test_the_workbook_says_the_same_and_holds_no_formula(committed, busy, by_hand):
    by_hand("UPDATE shops SET name = '=1+1' WHERE id = :id", id=busy.shop_id)

    answer = statement(busy.owner, busy, DAY, DAY + timedelta(days=2), format="xlsx")

    sheet = load_workbook(BytesIO(answer.data)).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=3)]
    assert rows[0] == ["时间", "摘要", "收入（元）", "支出（元）", "余额（元）"]
    assert rows[1][1:] == ["期初余额", None, None, 0]
    assert rows[2] == ["2026-06-01 12:00", "村民兑换", 5, None, 5]
    assert rows[3][1:] == ["提现", None, 3, 2]
    assert rows[-1][1:] == ["合计", 7, 3, 4]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n"}
    assert answer.headers["Content-Disposition"].endswith("statement-2026-06-01-2026-06-03.xlsx")


def test_the_page_to_print_says_the_same_and_runs_nothing(committed, busy, by_hand):
    by_hand("UPDATE shops SET name = '<script>1</script>' WHERE id = :id", id=busy.shop_id)

    answer = statement(busy.owner, busy, DAY, DAY + timedelta(days=2), format="html")

    assert answer.content_type == "text/html; charset=utf-8"
    assert "&lt;script&gt;1&lt;/script&gt;" in answer.text
    assert "<script>" not in answer.text
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    for words in ("期初余额", "2026-06-01 12:00", "村民兑换", '<td class="fen">4.00</td>'):
        assert words in answer.text


@pytest.mark.parametrize(
    ("from_on", "to_on"), [(DAY, DAY - timedelta(days=1)), (DAY, DAY + timedelta(days=93))]
)
def test_too_many_days_or_none_are_refused(counter, from_on, to_on):
    answer = statement(counter.owner, counter, from_on, to_on)

    assert (answer.status_code, answer.json["code"]) == (422, "settlement.period_too_long")


@pytest.mark.parametrize("args", [{"from": "x"}, {"format": "pdf"}])
def test_a_malformed_question_is_refused(counter, args):
    assert statement(counter.owner, counter, **args).status_code == 422


def test_another_merchant_s_shop_is_not_found(mall, counter):
    assert statement(mall.counter().owner, counter).status_code == 404


def test_finance_and_auditors_see_it_and_clerks_do_not(given, counter):
    for role in (Role.FINANCE, Role.AUDITOR):
        assert statement(given.staff(role, given.county()), counter).status_code == 200
    assert statement(counter.clerk, counter).status_code == 403
