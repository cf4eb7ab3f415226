"""A person closes a day at the bank, and it rings when a day is not in order."""

from concurrent.futures import ThreadPoolExecutor, wait
from datetime import date, timedelta
from threading import Event

import pytest
from structlog.testing import capture_logs

from app.kernel.db import db, transaction
from app.register.identity.roles import Role
from mall.settlement import jobs
from mall.settlement import service as settlement
from mall.settlement.errors import DayAlreadyClosed
from mall.settlement.models import DayClosing
from tests.given.factories import COUNTY
from tests.given.http import assert_refused, post, user_of
from tests.given.proposals import agree
from tests.given.statements import day_of, deposit, file_of, line, upload

DAY = date(2026, 6, 1)
URL = "reconciliations/2026-06-01/closing"


@pytest.fixture
def tomorrow(noon):
    """It is the day after 1 June."""
    return noon.move(days=1)


def closings(app):
    with app.app_context():
        return [(c.on_day, c.notes) for c in db.session.query(DayClosing)]


def test_a_day_in_order_is_closed_once(app, mall, counter, finance, tomorrow):
    mall.take_in(file_of(deposit(1, 1000)))

    closed = post(finance, URL)
    again = post(finance, URL)

    assert (closed.status_code, closed.json["closing_fen"], closed.json["notes"]) == (201, 1000, {})
    assert (again.status_code, again.json["code"]) == (409, "settlement.day_already_closed")
    assert closings(app) == [(DAY, {})]
    assert day_of(finance)["closing"]["ledger_custody_fen"] == 1000


def test_every_difference_needs_its_note(app, mall, counter, finance, tomorrow):
    mall.take_in(file_of(line(1, -300, "f" * 32), deposit(2, 1000)))
    keys = day_of(finance)["to_explain"]
    (difference,) = day_of(finance)["differences"]
    assert keys == ["unexplained", f"bank_only:{difference['entry_id']}"]

    bare = post(finance, URL)
    blank = post(finance, URL, {"notes": [{"key": key, "note": " "} for key in keys]})
    half = post(finance, URL, {"notes": [{"key": keys[0], "note": "手续费"}]})

    assert_refused(blank, 422, "invalid_request")
    for refused, missing in ((bare, keys), (half, keys[1:])):
        assert (refused.status_code, refused.json["code"]) == (422, "settlement.notes_missing")
        assert refused.json["details"]["keys"] == missing
    assert closings(app) == []
    whole = post(finance, URL, {"notes": [{"key": key, "note": "手续费，已查明"} for key in keys]})
    assert whole.status_code == 201
    assert closings(app) == [(DAY, dict.fromkeys(keys, "手续费，已查明"))]


def test_a_note_on_a_difference_that_is_gone_is_refused(app, mall, counter, finance, tomorrow):
    mall.take_in(file_of(deposit(1, 1000)))

    refused = post(finance, URL, {"notes": [{"key": "bank_only:1", "note": "查明"}]})

    assert (refused.status_code, refused.json["code"]) == (409, "settlement.notes_outdated")
    assert closings(app) == []


def test_a_day_without_its_statement_is_not_closed(app, finance, counter, tomorrow):
    refused = post(finance, URL)

    assert (refused.status_code, refused.json["code"]) == (404, "settlement.statement_not_found")
    assert closings(app) == []


def test_a_day_on_which_nothing_moved_is_closed_once_the_next_statement_goes_on(
    app, mall, counter, finance, noon
):
    mall.take_in(file_of(deposit(1, 1000)))
    noon.move(days=3)
    quiet = DAY + timedelta(days=1)
    assert post(finance, f"reconciliations/{quiet}/closing").status_code == 404

    mall.take_in(file_of(opening_fen=1000, on=DAY + timedelta(days=2)))
    closed = post(finance, f"reconciliations/{quiet}/closing")

    assert (closed.status_code, closed.json["closing_fen"]) == (201, 1000)
    assert day_of(finance, quiet)["has_statement"] is False
    assert closings(app) == [(quiet, {})]


def test_a_day_whose_statement_the_bank_has_lost_is_closed_with_a_note_on_the_gap(
    app, mall, counter, finance, noon
):
    mall.take_in(file_of(deposit(1, 1000)))
    mall.take_in(file_of(opening_fen=900, on=DAY + timedelta(days=2)))
    noon.move(days=3)
    lost = DAY + timedelta(days=1)

    bare = post(finance, f"reconciliations/{lost}/closing")
    noted = {"notes": [{"key": "gap", "note": "银行系统故障，当天的对账单补不出来"}]}
    closed = post(finance, f"reconciliations/{lost}/closing", noted)

    assert (bare.status_code, bare.json["details"]["keys"]) == (422, ["gap"])
    assert (closed.status_code, closings(app)) == (
        201,
        [(lost, {"gap": "银行系统故障，当天的对账单补不出来"})],
    )


def test_a_reference_in_chinese_keeps_no_day_open(app, mall, counter, finance, tomorrow):
    told = line(1, -900, purpose="手续费") | {"bank_reference": "跨行 Ａ１"}
    mall.take_in(file_of(told, opening_fen=900))
    keys = day_of(finance)["to_explain"]

    closed = post(finance, URL, {"notes": [{"key": key, "note": "手续费"} for key in keys]})

    assert closed.status_code == 201, closed.json


def test_a_file_that_waits_for_a_second_person_keeps_the_day_open_and_says_so(
    app, given, mall, counter, finance, tomorrow
):
    mall.take_in(file_of(deposit(1, 1000)))
    admin = given.staff(Role.COUNTY_ADMIN, given.county())
    waiting = upload(finance, file_of(deposit(1, 1000), deposit(2, 5)))
    reason = {"reason": "不是银行的"}

    refused = post(admin, URL)
    aside = post(finance, f"bank-statements/{waiting.json['id']}/set-aside", reason)
    agree(admin, aside.json["id"])

    assert_refused(refused, 409, "settlement.statement_still_waiting")
    assert post(admin, URL).status_code == 201


def test_today_is_not_closed_even_with_a_statement(app, mall, finance, counter):
    mall.take_in(file_of(deposit(1, 1000)))

    refused = post(finance, URL)

    assert (refused.status_code, refused.json["code"]) == (409, "settlement.day_not_over")
    assert closings(app) == []


def test_a_statement_that_is_not_booked_yet_keeps_the_day_open(app, finance, counter, tomorrow):
    with app.app_context(), transaction():
        settlement.import_file(
            county_id=COUNTY, content=file_of(deposit(1, 1000)), imported_by=None, at=tomorrow
        )

    refused = post(finance, URL)

    assert (refused.status_code, refused.json["code"]) == (409, "settlement.lines_still_waiting")
    assert closings(app) == []


@pytest.mark.parametrize("role", [Role.BANK, Role.AUDITOR, Role.TOWN_ADMIN, Role.MERCHANT])
def test_nobody_but_finance_and_the_county_closes_a_day(given, mall, counter, tomorrow, role):
    mall.take_in(file_of(deposit(1, 1000)))
    place = counter.merchant_id if role is Role.MERCHANT else given.county()

    assert post(given.staff(role, place), URL).status_code == 403


def test_the_open_days_are_those_that_nobody_closed(mall, counter, finance, noon):
    mall.take_in(file_of(deposit(1, 1000)))
    noon.move(days=3)
    post(finance, URL)

    listed = finance.get("/api/v1/reconciliations").json["items"]

    assert listed == [
        {"on": "2026-06-02", "has_statement": False},
        {"on": "2026-06-03", "has_statement": False},
    ]


@pytest.mark.parametrize(
    ("lines", "counts"),
    [
        ((deposit(1, 1001),), (0, 1)),
        ((deposit(1, 1000), deposit(2, 5)), (1, 0)),
    ],
)
def test_something_new_for_a_closed_day_rings(mall, counter, finance, tomorrow, lines, counts):
    mall.take_in(file_of(deposit(1, 1000)))
    post(finance, URL)

    with capture_logs() as logs:
        mall.take_in(file_of(*lines))

    (rung,) = [entry for entry in logs if entry["event"] == "settlement.closed_day_changed"]
    assert (rung["on"], rung["log_level"]) == ("2026-06-01", "error")
    assert (rung["new_lines"], rung["changed_lines"]) == counts


def test_the_same_statement_again_does_not_ring(mall, counter, finance, tomorrow):
    mall.take_in(file_of(deposit(1, 1000)))
    post(finance, URL)

    with capture_logs() as logs:
        mall.take_in(file_of(deposit(1, 1000)))

    assert [entry["event"] for entry in logs if entry["log_level"] == "error"] == []


# The nightly look at yesterday -----------------------------------------------------------------


def rung(app):
    with app.app_context(), capture_logs() as logs:
        jobs.ring_for_yesterday()
    return [
        (e["why"], e["on"], e["stuck_in_flight_fen"])
        for e in logs
        if e["event"] == "settlement.day_not_in_order"
    ]


def figures(client):
    text = client.get("/metrics").text
    return {
        name: float(value)
        for name, _, value in (row.partition(" ") for row in text.splitlines())
        if name.startswith(("fen_bank_days_not_in_order", "fen_payout_stuck_in_flight_fen"))
    }


def test_a_day_in_order_does_not_ring(app, mall, counter, finance, tomorrow):
    mall.take_in(file_of(deposit(1, 1000)))

    assert rung(app) == []
    assert figures(finance) == {
        "fen_bank_days_not_in_order": 0,
        "fen_payout_stuck_in_flight_fen": 0,
    }


def test_a_missing_statement_rings(app, mall, counter, finance, noon):
    mall.take_in(file_of(deposit(1, 1000)))
    noon.move(days=2)

    assert rung(app) == [("no_statement", "2026-06-02", 0)]
    assert figures(finance)["fen_bank_days_not_in_order"] == 1


def test_a_difference_rings(app, mall, counter, tomorrow):
    mall.take_in(file_of(line(1, -300, "f" * 32), deposit(2, 1000)))

    assert rung(app) == [("unbalanced", "2026-06-01", 0)]


def test_money_that_stays_in_flight_rings_and_todays_does_not(
    app, mall, counter, bank, books, statement, finance, noon
):
    mall.takings(counter, 500)
    cash_out = mall.asked(counter, 300)
    mall.go_on(cash_out)
    noon.move(seconds=30)
    assert mall.go_on(cash_out) == "settled"
    mall.take_in(file_of(deposit(1, 1000)))  # without the payment
    noon.move(days=1)
    assert rung(app) == [("unbalanced", "2026-06-01", 300)]
    assert figures(finance)["fen_payout_stuck_in_flight_fen"] == 300

    another = mall.asked(counter, 100)
    mall.go_on(another)
    noon.move(seconds=30)
    assert mall.go_on(another) == "settled"

    assert rung(app) == [("unbalanced", "2026-06-01", 300)]


@pytest.mark.race("mall.settlement.service.closing.close_day")
def test_who_closes_a_day_that_is_just_being_closed_waits_and_is_refused(
    app, mall, counter, finance, noon, committed
):
    mall.take_in(file_of(deposit(1, 1000)))
    noon.move(days=1)
    closer = user_of(app, finance)
    has_closed, may_commit = Event(), Event()

    def close() -> None:
        settlement.close_day(county_id=COUNTY, on=DAY, notes={}, closed_by=closer, at=noon())
        db.session.flush()

    def first() -> None:
        with app.app_context(), transaction():
            close()
            has_closed.set()
            may_commit.wait(10)

    def second() -> str:
        has_closed.wait(10)
        try:
            with app.app_context(), transaction():
                close()
        except DayAlreadyClosed:
            return "refused"
        return "closed"

    with ThreadPoolExecutor(2) as pool:
        closing, closing_too = pool.submit(first), pool.submit(second)
        has_closed.wait(10)
        wait([closing_too], timeout=0.5)  # time to run into the lock, if there were none
        may_commit.set()
        closing.result()
        assert closing_too.result() == "refused"

    assert closings(app) == [(DAY, {})]
