"""The bank calls: a hint is never believed, it only makes us ask; a forged one does nothing."""

import json
from dataclasses import replace

import pytest

from app.kernel.jobs import BANK_QUEUE, queue
from app.outside.bank.http import signature
from tests.given.bank import API_KEY

URL = "/api/v1/bank/notifications"
HINT = "/notifications"


@pytest.fixture
def client(app, monkeypatch):
    """Anybody, without a token; the bank's key is the test's."""
    settings = replace(app.config["SETTINGS"], bank_api_key=API_KEY)
    monkeypatch.setitem(app.config, "SETTINGS", settings)
    return app.test_client()


def notify(client, noon, payment_id, *, key=API_KEY, path=HINT, late_seconds=0, **said):
    body = json.dumps({"payment_id": payment_id, **said}).encode()
    timestamp = str(int(noon().timestamp()) - late_seconds)
    headers = {
        "X-Bank-Timestamp": timestamp,
        "X-Bank-Signature": signature(key, timestamp, "POST", path, body),
    }
    return client.post(URL, data=body, headers=headers, content_type="application/json")


@pytest.fixture
def accepted(mall, counter, bank, books):
    """A cash-out that the bank has accepted, and that is not due for half a minute."""
    mall.takings(counter, 500)
    cash_out = mall.asked(counter, 300)
    assert mall.go_on(cash_out) == "accepted"
    return cash_out


def queued(app):
    with app.app_context():
        return [job.args[1] for job in queue(BANK_QUEUE).get_jobs()]


def test_a_hint_makes_us_ask_at_once(app, client, mall, accepted, noon):
    with app.app_context():
        queue(BANK_QUEUE).empty()

    answer = notify(client, noon, accepted.payment_id)

    assert (answer.status_code, answer.data) == (204, b"")
    assert queued(app) == [str(accepted.id)]
    assert mall.cash_out(accepted.id).due_at == noon()
    assert mall.go_on(accepted) == "settled"


def test_what_a_hint_says_is_not_believed(client, mall, accepted, noon, counter):
    answer = notify(client, noon, accepted.payment_id, state="rejected", amount_fen=1)

    assert answer.status_code == 204
    assert mall.state(accepted) == "accepted"
    assert mall.balances(counter)["shop"] == 200


def test_the_same_hint_twice_pays_once(client, mall, accepted, books, noon, counter):
    for _ in range(2):
        assert notify(client, noon, accepted.payment_id).status_code == 204
        assert mall.go_on(accepted) == "settled"

    assert [payment["paid_fen"] for payment in books.payments()] == [300]
    assert mall.balances(counter)["in_flight"] == 300


def test_a_hint_before_the_payment_was_sent_does_nothing(client, mall, counter, noon):
    mall.takings(counter, 500)
    cash_out = mall.asked(counter, 300)

    assert notify(client, noon, cash_out.payment_id).status_code == 204

    assert mall.state(cash_out) == "created"


def test_a_hint_about_nothing_of_ours_tells_nothing(app, client, counter, noon):
    answer = notify(client, noon, "f" * 32)

    assert (answer.status_code, answer.data) == (204, b"")
    assert queued(app) == []


FORGED = {
    "another key": {"key": "guessed"},
    "no key": {"key": ""},
    "another path": {"path": "/payments"},
    "six minutes old": {"late_seconds": 301},
    "from the future": {"late_seconds": -301},
}


@pytest.mark.parametrize("how", FORGED)
def test_a_forged_call_is_refused_and_nothing_changes(how, app, client, mall, accepted, noon):
    with app.app_context():
        queue(BANK_QUEUE).empty()
    due_at = mall.cash_out(accepted.id).due_at

    answer = notify(client, noon, accepted.payment_id, **FORGED[how])

    assert (answer.status_code, answer.json["code"]) == (401, "bank.forged_notification")
    assert queued(app) == []
    assert mall.cash_out(accepted.id).due_at == due_at
    assert mall.state(accepted) == "accepted"


def test_an_altered_body_is_forged(client, mall, accepted, noon):
    body = json.dumps({"payment_id": accepted.payment_id}).encode()
    timestamp = str(int(noon().timestamp()))
    headers = {
        "X-Bank-Timestamp": timestamp,
        "X-Bank-Signature": signature(API_KEY, timestamp, "POST", HINT, body),
    }

    answer = client.post(URL, data=body + b" ", headers=headers, content_type="application/json")

    assert answer.status_code == 401


@pytest.mark.parametrize("headers", [{}, {"X-Bank-Timestamp": "now", "X-Bank-Signature": "é"}])
def test_an_unsigned_call_is_forged(client, counter, headers):
    assert client.post(URL, json={"payment_id": "f" * 32}, headers=headers).status_code == 401


def test_without_a_key_nobody_can_sign(app, client, counter, noon, monkeypatch):
    settings = replace(app.config["SETTINGS"], bank_api_key="")
    monkeypatch.setitem(app.config, "SETTINGS", settings)

    assert notify(client, noon, "f" * 32, key="").status_code == 401


def test_a_malformed_body_of_the_bank_is_refused(client, counter, noon):
    assert notify(client, noon, "F" * 32).status_code == 422
    assert notify(client, noon, "f" * 32 + "\n").status_code == 422
