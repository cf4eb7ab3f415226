"""The real client against the stand-in bank, over real sockets."""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta

import pytest
import requests

from app.outside.bank import (
    HttpBank,
    OutcomeUnknown,
    Payment,
    PaymentConflict,
    PaymentRefused,
    PaymentState,
    StatementNotReady,
)
from app.outside.bank.http import signature
from sandbox.bank import create_app
from sandbox.bank_books import Books
from sandbox.faults import Faults
from sandbox.serving import Server
from tests.given.bank import API_KEY
from tests.given.factories import COUNTY
from tests.given.statements import the_statement

PAYMENT = Payment(
    id="a" * 32,
    amount_fen=30_000,
    payee_name="李家小卖部",
    payee_account="6228480000000000012",
    payee_bank="分分县农村信用社",
    purpose="积分兑付",
    county_id=COUNTY,
)


@pytest.fixture
def bank(bank_server):
    return HttpBank(bank_server.url, API_KEY, timeout_seconds=(1, 0.5))


@pytest.fixture
def control(bank_server):
    """Works a control of the stand-in and gives its answer."""

    def work(name, **fields):
        answer = requests.post(f"{bank_server.url}/_sandbox/{name}", json=fields, timeout=5)
        assert answer.status_code == 200, answer.text
        return answer.json()

    return work


@pytest.fixture
def on_the_books(bank_server):
    """What the bank has booked: its payments, entries and balance."""
    return lambda: requests.get(f"{bank_server.url}/_sandbox/payments", timeout=5).json()


@pytest.fixture
def funded(control):
    control("deposits", amount_fen=100_000, from_name="分分县财政局", purpose="垃圾分类资金")


def today(control):
    return date.fromisoformat(control("advance", seconds=1)["today"])


def test_a_payment_is_accepted_then_settled(bank, funded, on_the_books):
    assert bank.submit(PAYMENT).state is PaymentState.ACCEPTED

    status = bank.query(PAYMENT.id)
    assert status.state is PaymentState.SETTLED
    assert status.reason is None
    assert status.bank_reference == on_the_books()["entries"][1]["bank_reference"]
    assert on_the_books()["balance_fen"] == 70_000


def test_a_payment_nobody_sent_is_not_found(bank):
    assert bank.query(PAYMENT.id).state is PaymentState.NOT_FOUND


def test_the_same_id_with_the_same_content_is_paid_once(bank, funded, on_the_books):
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(bank.submit, [PAYMENT] * 8))

    assert {answer.state for answer in answers} == {PaymentState.ACCEPTED}
    (booked,) = on_the_books()["payments"]
    assert booked["paid_fen"] == 30_000


def test_the_same_id_with_another_content_is_a_conflict(bank, funded, on_the_books):
    bank.submit(PAYMENT)

    with pytest.raises(PaymentConflict):
        bank.submit(replace(PAYMENT, amount_fen=30_001))
    assert on_the_books()["balance_fen"] == 70_000


def test_without_enough_money_the_bank_refuses_and_keeps_refusing(bank, control, on_the_books):
    control("deposits", amount_fen=29_999, from_name="分分县财政局", purpose="资金")

    for _ in range(2):
        with pytest.raises(PaymentRefused) as refused:
            bank.submit(PAYMENT)
        assert refused.value.reason == "余额不足"
        control("deposits", amount_fen=50_000, from_name="分分县财政局", purpose="资金")
    assert bank.query(PAYMENT.id).state is PaymentState.REJECTED
    assert on_the_books()["balance_fen"] == 129_999


def test_money_promised_to_a_late_payment_is_not_promised_again(bank, funded, control):
    control("faults", kind="late")
    bank.submit(replace(PAYMENT, amount_fen=80_000))

    with pytest.raises(PaymentRefused):
        bank.submit(replace(PAYMENT, id="b" * 32))


def test_a_refusal_as_told_names_its_reason(bank, funded, control, on_the_books):
    control("faults", kind="refuse")

    with pytest.raises(PaymentRefused) as refused:
        bank.submit(PAYMENT)
    assert refused.value.reason == "户名与账号不符"
    assert on_the_books()["balance_fen"] == 100_000


def test_a_time_out_after_success_is_unknown_and_the_repeat_pays_nothing_more(
    bank, funded, control, on_the_books
):
    control("faults", kind="timeout_after_success", hold_seconds=2)

    with pytest.raises(OutcomeUnknown):
        bank.submit(PAYMENT)
    assert bank.query(PAYMENT.id).state is PaymentState.SETTLED
    assert bank.submit(PAYMENT).state is PaymentState.ACCEPTED
    assert on_the_books()["balance_fen"] == 70_000
    assert len(on_the_books()["payments"]) == 1


@pytest.mark.parametrize("kind", ["timeout", "500", "html", "garbage"])
def test_a_broken_submission_is_unknown_and_can_be_sent_again(
    bank, funded, control, on_the_books, kind
):
    control("faults", kind=kind, hold_seconds=1)

    with pytest.raises(OutcomeUnknown):
        bank.submit(PAYMENT)
    assert bank.query(PAYMENT.id).state is PaymentState.NOT_FOUND
    assert bank.submit(PAYMENT).state is PaymentState.ACCEPTED
    assert on_the_books()["balance_fen"] == 70_000


@pytest.mark.parametrize("kind", ["timeout", "500", "html", "garbage"])
def test_a_broken_query_is_unknown(bank, funded, control, kind):
    bank.submit(PAYMENT)
    control("faults", kind=kind, on="query", hold_seconds=1, times=2)

    for _ in range(2):
        with pytest.raises(OutcomeUnknown):
            bank.query(PAYMENT.id)
    assert bank.query(PAYMENT.id).state is PaymentState.SETTLED


def test_a_late_payment_settles_when_the_day_has_passed(bank, funded, control):
    control("faults", kind="late")
    bank.submit(PAYMENT)
    assert bank.query(PAYMENT.id).state is PaymentState.ACCEPTED

    control("advance", days=1)
    assert bank.query(PAYMENT.id).state is PaymentState.SETTLED


def test_a_bank_that_does_not_listen_is_unknown():
    bank = HttpBank("http://127.0.0.1:9", API_KEY)

    with pytest.raises(OutcomeUnknown):
        bank.submit(PAYMENT)


def test_a_wrong_key_is_refused_and_nothing_is_booked(bank_server, funded, on_the_books):
    bank = HttpBank(bank_server.url, "another key")

    with pytest.raises(OutcomeUnknown):
        bank.submit(PAYMENT)
    assert on_the_books()["payments"] == []


@pytest.mark.parametrize(
    ("seconds", "path", "code"),
    [
        (-301, "/payments", "stale_timestamp"),
        (302, "/payments", "stale_timestamp"),
        (0, "/statements/2026-06-01.csv", "bad_signature"),
    ],
)
def test_an_old_or_borrowed_signature_is_refused(bank_server, seconds, path, code):
    timestamp = str(int(time.time()) + seconds)
    answer = requests.get(
        f"{bank_server.url}/payments/{PAYMENT.id}",
        headers={
            "X-Bank-Timestamp": timestamp,
            "X-Bank-Signature": signature(
                API_KEY, timestamp, "GET", path.replace("/payments", f"/payments/{PAYMENT.id}"), b""
            ),
        },
        timeout=5,
    )

    assert (answer.status_code, answer.json()) == (401, {"code": code})


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{", b'{"payment_id": "x"}', b'{"amount_fen": 1.5}'],
)
def test_a_malformed_order_is_answered_400(bank_server, body):
    timestamp = str(int(time.time()))
    answer = requests.post(
        bank_server.url + "/payments",
        data=body,
        headers={
            "Content-Type": "application/json",
            "X-Bank-Timestamp": timestamp,
            "X-Bank-Signature": signature(API_KEY, timestamp, "POST", "/payments", body),
        },
        timeout=5,
    )

    assert (answer.status_code, answer.json()) == (400, {"code": "malformed"})


def test_the_statement_of_the_day_adds_up(bank, funded, control, on_the_books):
    bank.submit(PAYMENT)

    statement = the_statement(bank.statement(date(2026, 6, 1)))

    assert (statement.account, statement.on) == ("9901010100000018", date(2026, 6, 1))
    assert (statement.opening_fen, statement.closing_fen) == (0, 70_000)
    deposit, payout = statement.lines
    assert (deposit.amount_fen, deposit.counterparty_name) == (100_000, "分分县财政局")
    assert (deposit.purpose, deposit.payment_id) == ("垃圾分类资金", None)
    assert (payout.amount_fen, payout.payment_id) == (-30_000, PAYMENT.id)
    assert payout.counterparty_account == PAYMENT.payee_account
    assert [line.bank_reference for line in statement.lines] == [
        entry["bank_reference"] for entry in on_the_books()["entries"]
    ]


def test_a_returned_payment_comes_back_on_a_later_statement(bank, funded, control):
    control("faults", kind="return", reason="收款账户已销户")
    bank.submit(PAYMENT)
    assert bank.query(PAYMENT.id).state is PaymentState.SETTLED
    first_day = today(control)

    control("advance", days=3)

    status = bank.query(PAYMENT.id)
    assert (status.state, status.reason) == (PaymentState.RETURNED, "收款账户已销户")
    statement = the_statement(bank.statement(first_day + timedelta(days=2)))
    (credit,) = statement.lines
    assert (credit.amount_fen, credit.payment_id) == (30_000, PAYMENT.id)
    assert credit.purpose == "退汇：收款账户已销户"
    assert (statement.opening_fen, statement.closing_fen) == (70_000, 100_000)


def test_a_day_without_entries_has_an_empty_statement(bank, funded, control):
    control("advance", days=2)

    statement = the_statement(bank.statement(today(control)))
    assert statement.lines == ()
    assert (statement.opening_fen, statement.closing_fen) == (100_000, 100_000)


def test_tomorrow_has_no_statement(bank, control):
    with pytest.raises(StatementNotReady):
        bank.statement(today(control) + timedelta(days=1))


def test_a_statement_in_utf_8_reads_the_same(books, control, bank, funded):
    bank.submit(PAYMENT)
    app = create_app(books, Faults(), api_key=API_KEY, encoding="utf-8-sig")
    day = today(control)

    with Server(app) as server:
        content = HttpBank(server.url, API_KEY).statement(day)

    assert content.startswith(b"\xef\xbb\xbf")
    assert the_statement(content) == the_statement(bank.statement(day))


def test_the_books_survive_a_restart(tmp_path, bank, funded, books, on_the_books):
    bank.submit(PAYMENT)
    before = on_the_books()

    again = Books(tmp_path / "sandbox" / "bank.sqlite3", settle_seconds=0, now=lambda: 0)
    assert again.payments() == before["payments"]
    assert again.entries() == before["entries"]
    again.close()


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("deposits", {"amount_fen": 0, "from_name": "x", "purpose": "x"}),
        ("deposits", {"amount_fen": "100", "from_name": "x", "purpose": "x"}),
        ("deposits", {"amount_fen": 100, "purpose": "x"}),
        ("faults", {"kind": "explode"}),
        ("faults", {"kind": "refuse", "on": "query"}),
        ("advance", {"seconds": -1}),
    ],
)
def test_a_control_that_makes_no_sense_is_refused(bank_server, on_the_books, name, fields):
    before = on_the_books()

    answer = requests.post(f"{bank_server.url}/_sandbox/{name}", json=fields, timeout=5)

    assert (answer.status_code, answer.json()["code"]) == (400, "refused")
    assert on_the_books() == before
