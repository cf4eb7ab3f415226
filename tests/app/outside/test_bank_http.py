"""The bank's answers are believed only when they are clear: everything else is unknown."""

import json
from datetime import date

import pytest
import requests
import responses
from structlog.testing import capture_logs

from app.outside.bank import (
    BankUnavailable,
    HttpBank,
    NotSent,
    OutcomeUnknown,
    Payment,
    PaymentConflict,
    PaymentRefused,
    PaymentState,
    PaymentStatus,
    StatementNotReady,
)
from app.outside.bank.http import signature
from tests.given.factories import COUNTY

BASE = "https://bank.test/fen"
ID = "0123456789abcdef0123456789abcdef"
OTHER_ID = "f" * 32
DAY = date(2026, 6, 1)
STATEMENT = f"{BASE}/statements/2026-06-01.csv"
HTML = "<html><body>404 Not Found</body></html>"
PAYMENT = Payment(
    id=ID,
    amount_fen=12_345,
    payee_name="李家小卖部",
    payee_account="6228480000000000012",
    payee_bank="分分县农村信用社",
    purpose="积分兑付",
    county_id=COUNTY,
)

UNCLEAR = {
    "read time-out": {"body": requests.ReadTimeout()},
    "connect time-out": {"body": requests.ConnectTimeout()},
    "connection lost": {"body": requests.ConnectionError()},
    "cut short": {"body": requests.exceptions.ChunkedEncodingError()},
    "500": {"status": 500, "json": {"payment_id": ID, "state": "rejected"}},
    "502 in HTML": {"status": 502, "body": HTML},
    "200 in HTML": {"body": HTML},
    "404 of a proxy": {"status": 404, "body": HTML},
    "404 in JSON of a proxy": {"status": 404, "json": {"error": "not found"}},
    "404 that says rejected": {"status": 404, "json": {"payment_id": ID, "state": "rejected"}},
    "403": {"status": 403, "json": {"payment_id": ID, "state": "rejected"}},
    "422": {"status": 422, "json": {"payment_id": ID, "state": "rejected"}},
    "redirect": {"status": 302, "headers": {"Location": BASE + "/elsewhere"}},
    "empty": {"body": ""},
    "bytes": {"body": b"\x00\xff{"},
    "nested without end": {"body": "[" * 60_000},
    "endless": {"body": b" " * 70_000},
    "not an object": {"json": ["settled"]},
    "no state": {"json": {"payment_id": ID}},
    "state unheard of": {"json": {"payment_id": ID, "state": "failed"}},
    "state that is no text": {"json": {"payment_id": ID, "state": {}}},
    "another payment": {"json": {"payment_id": OTHER_ID, "state": "rejected"}},
    "no payment": {"json": {"state": "rejected"}},
    "not found with 200": {"json": {"payment_id": ID, "state": "not_found"}},
    "reason that is no text": {"json": {"payment_id": ID, "state": "rejected", "reason": 7}},
}


@pytest.fixture
def http():
    with responses.RequestsMock() as mock:
        yield mock


@pytest.fixture
def bank():
    return HttpBank(BASE + "/", "key")


def test_the_signature_covers_time_method_path_and_body():
    # printf '1760000000\nPOST\n/payments\n{}' | openssl dgst -sha256 -hmac key
    assert signature("key", "1760000000", "POST", "/payments", b"{}") == (
        "ca50778a497ff90102e120a1e0e2f55d18d3c37e574993af71ae6e7134ca18d4"
    )


def test_a_payment_is_sent_signed_and_in_whole_fen(http, bank):
    http.post(BASE + "/payments", json={"payment_id": ID, "state": "accepted"})

    assert bank.submit(PAYMENT) == PaymentStatus(PaymentState.ACCEPTED)

    request = http.calls[0].request
    assert json.loads(request.body) == {
        "payment_id": ID,
        "amount_fen": 12_345,
        "payee_name": "李家小卖部",
        "payee_account": "6228480000000000012",
        "payee_bank": "分分县农村信用社",
        "purpose": "积分兑付",
    }
    timestamp = request.headers["X-Bank-Timestamp"]
    assert request.headers["X-Bank-Signature"] == signature(
        "key", timestamp, "POST", "/payments", request.body
    )


def test_only_an_explicit_rejection_is_a_refusal(http, bank):
    answer = {"payment_id": ID, "state": "rejected", "reason": "户名与账号不符"}
    http.post(BASE + "/payments", json=answer)

    with pytest.raises(PaymentRefused) as refused:
        bank.submit(PAYMENT)
    assert refused.value.reason == "户名与账号不符"
    assert refused.value.sentence() == "银行没有办理这笔付款：户名与账号不符"
    assert refused.value.status == 422


def test_a_rejection_without_a_reason_says_so(http, bank):
    http.post(BASE + "/payments", json={"payment_id": ID, "state": "rejected", "reason": None})

    with pytest.raises(PaymentRefused) as refused:
        bank.submit(PAYMENT)
    assert refused.value.reason == "银行未说明原因"


@pytest.mark.parametrize("answer", UNCLEAR.values(), ids=UNCLEAR.keys())
def test_a_submission_without_a_clear_answer_is_unknown_and_not_repeated(http, bank, answer):
    http.post(BASE + "/payments", **answer)

    with pytest.raises(OutcomeUnknown) as unknown:
        bank.submit(PAYMENT)
    assert (unknown.value.status, unknown.value.code) == (503, "bank.outcome_unknown")
    assert len(http.calls) == 1


def test_a_submission_that_found_no_bank_to_connect_to_was_not_sent():
    with pytest.raises(NotSent):
        HttpBank("http://127.0.0.1:9", "key").submit(PAYMENT)


def test_a_connection_that_was_lost_later_may_have_carried_the_submission(http, bank):
    http.post(BASE + "/payments", body=requests.ConnectionError("reset by peer"))

    with pytest.raises(OutcomeUnknown) as unknown:
        bank.submit(PAYMENT)
    assert not isinstance(unknown.value, NotSent)


@pytest.mark.parametrize("answer", UNCLEAR.values(), ids=UNCLEAR.keys())
def test_a_query_without_a_clear_answer_is_unknown(http, bank, answer):
    http.get(f"{BASE}/payments/{ID}", **answer)

    with pytest.raises(OutcomeUnknown):
        bank.query(ID)


def test_another_content_under_the_same_id_is_an_alarm_and_no_refusal(http, bank):
    http.post(BASE + "/payments", status=409, json={"code": "other_content"})

    with capture_logs() as logged, pytest.raises(PaymentConflict) as conflict:
        bank.submit(PAYMENT)
    assert isinstance(conflict.value, OutcomeUnknown)  # whoever knows no better holds the money
    assert conflict.value.status == 409
    assert [(line["log_level"], line["event"]) for line in logged] == [
        ("error", "bank.payment_conflict")
    ]


@pytest.mark.parametrize("state", ["accepted", "settled", "rejected", "returned"])
def test_a_query_tells_the_state(http, bank, state):
    answer = {"payment_id": ID, "state": state, "reason": "", "bank_reference": "S1"}
    http.get(f"{BASE}/payments/{ID}", json=answer)

    assert bank.query(ID) == PaymentStatus(PaymentState(state), None, "S1")


def test_a_payment_the_bank_says_it_does_not_know_is_a_state(http, bank):
    answer = {"payment_id": ID, "state": "not_found"}
    http.get(f"{BASE}/payments/{ID}", status=404, json=answer)

    assert bank.query(ID) == PaymentStatus(PaymentState.NOT_FOUND)


def test_a_refused_key_is_an_alarm(http, bank):
    http.get(f"{BASE}/payments/{ID}", status=401, json={"code": "bad_signature"})

    with capture_logs() as logged, pytest.raises(OutcomeUnknown):
        bank.query(ID)
    assert ("error", "bank.key_refused") in [(line["log_level"], line["event"]) for line in logged]


def test_a_statement_is_given_as_the_banks_file(http, bank):
    http.get(STATEMENT, body="账号,1".encode("gb18030"), content_type="text/csv; charset=gb18030")

    assert bank.statement(DAY) == "账号,1".encode("gb18030")


def test_a_statement_not_yet_made_is_said_to_be_so(http, bank):
    http.get(STATEMENT, status=404, json={"code": "statement_not_ready"})

    with pytest.raises(StatementNotReady) as missing:
        bank.statement(DAY)
    assert missing.value.sentence() == "银行还没有 2026-06-01 的对账单，请晚些时候再取"


@pytest.mark.parametrize(
    "answer",
    [
        {"body": requests.ReadTimeout()},
        {"status": 500, "body": "x", "content_type": "text/csv"},
        {"status": 404, "body": HTML},
        {"status": 404, "json": [1]},
        {"body": HTML, "content_type": "text/html"},
        {"body": b"x" * (5 * 1024 * 1024 + 1), "content_type": "text/csv"},
    ],
)
def test_a_statement_without_a_clear_answer_is_unavailable(http, bank, answer):
    http.get(STATEMENT, **answer)

    with pytest.raises(BankUnavailable) as away:
        bank.statement(DAY)
    assert away.value.status == 503


@pytest.mark.parametrize(("id_", "amount_fen"), [("short", 1), (ID.upper(), 1), (ID, 0), (ID, -1)])
def test_a_payment_that_could_not_be_told_apart_or_moves_nothing_is_a_bug(id_, amount_fen):
    with pytest.raises(AssertionError):
        Payment(id_, amount_fen, "李家小卖部", "6228480000000000012", "信用社", "积分兑付", COUNTY)
