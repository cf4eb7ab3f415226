"""The whole list of what a bank may do to us, one by one: through the jobs, into the ledger.

Each ends with the bank's statements: the merchant was paid once or not at all, the clearing
account is empty, and every difference is on the list.
"""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from app.register.identity.roles import Role
from mall.settlement import jobs
from mall.settlement.models import CashOutState
from mall.settlement.reconciliation import reconciliation
from sandbox.bank_books import Fate, Order
from sandbox.bank_notices import Notices
from sandbox.faults import Fault
from sandbox.serving import Server
from tests.given.bank import API_KEY
from tests.given.factories import COUNTY
from tests.given.http import post

DAY = date(2026, 6, 1)
TAKINGS = 500


class Story:
    """A shop with 500 fen, paid for on the eve, that asks for 300; and the days that follow."""

    def __init__(self, app, mall, books, statement, noon) -> None:
        self._app = app
        self._mall = mall
        self._books = books
        self._statement = statement
        self._noon = noon
        self.counter = mall.counter()
        noon.move(days=-1)
        books.deposit(TAKINGS, name="财政局", account="9901010100000026", purpose="补助")
        mall.take_in(statement(DAY - timedelta(days=1)))
        noon.move(days=1)
        mall.takings(self.counter, TAKINGS, is_funded=True)

    def asked(self):
        return self._mall.asked(self.counter, 300)

    def sweep(self, **time: float) -> None:
        """Let time pass, five minutes at a time, and do whatever is due."""
        until = self._noon() + timedelta(**time)
        while self._noon() < until:
            self._noon.move(minutes=5)
            with self._app.app_context():
                for county_id, cash_out_id in jobs.queries.due_cash_outs(self._noon(), limit=9):
                    jobs.go_on(str(county_id), str(cash_out_id))

    def go_on(self, cash_out) -> CashOutState:
        return self._mall.go_on(cash_out)

    def take_in(self, *days: int) -> None:
        """Import the statements of these days, counted from the first, in this order."""
        for day in days:
            self._mall.take_in(self._statement(DAY + timedelta(days=day)))

    def differences(self, day: int = 0) -> list[tuple[str, int | None, int | None]]:
        with self._app.app_context():
            told = reconciliation(COUNTY, DAY + timedelta(days=day))
        return [(d.kind.value, d.bank_fen, d.our_fen) for d in told.differences]

    def is_balanced(self, day: int = 0) -> bool:
        with self._app.app_context():
            return reconciliation(COUNTY, DAY + timedelta(days=day)).is_balanced

    def paid_fen(self) -> list[int]:
        """What has left the custody account on balance, by payment."""
        return [payment["paid_fen"] for payment in self._books.payments()]

    def shop_and_in_flight(self) -> tuple[int, int]:
        balances = self._mall.balances(self.counter)
        return balances["shop"], balances["in_flight"]


@pytest.fixture
def story(app, mall, bank, impatient, books, statement, noon):
    return Story(app, mall, books, statement, noon)


def test_it_times_out_after_success(story, faults):
    faults.add(Fault("submit", "timeout_after_success"))
    cash_out = story.asked()

    assert story.go_on(cash_out) is CashOutState.UNKNOWN
    story.sweep(minutes=20)
    story.take_in(0)

    assert story.go_on(cash_out) is CashOutState.SETTLED
    assert (story.paid_fen(), story.shop_and_in_flight()) == ([300], (200, 0))
    assert story.is_balanced()


def test_it_answers_late(story, faults):
    faults.add(Fault("submit", "late"))
    cash_out = story.asked()

    assert story.go_on(cash_out) is CashOutState.ACCEPTED
    story.sweep(hours=11)
    story.take_in(0)
    assert story.go_on(cash_out) is CashOutState.ACCEPTED
    assert story.differences() == [("ours_only", None, -300)]
    assert story.shop_and_in_flight() == (200, 0)
    story.sweep(days=1)
    story.take_in(1)

    assert story.go_on(cash_out) is CashOutState.SETTLED
    assert (story.paid_fen(), story.shop_and_in_flight()) == ([300], (200, 0))
    assert story.is_balanced(1)


def test_it_answers_twice(story, app, noon, bank, monkeypatch):
    settings = replace(app.config["SETTINGS"], bank_api_key=API_KEY)
    monkeypatch.setitem(app.config, "SETTINGS", settings)
    cash_out = story.asked()
    story.go_on(cash_out)

    with Server(app) as server:
        url = f"{server.url}/api/v1/bank/notifications"
        notices = Notices(url, API_KEY, now=lambda: noon().timestamp())
        assert notices.send(cash_out.payment_id, times=2) == [204, 204]
    assert [story.go_on(cash_out), story.go_on(cash_out)] == ["settled", "settled"]
    story.take_in(0, 0)

    assert (story.paid_fen(), story.shop_and_in_flight()) == ([300], (200, 0))
    assert story.is_balanced()


def test_it_answers_out_of_order(story, books, noon, faults):
    """The return's statement comes before the payment's, and both before any answer."""
    faults.add(Fault("submit", "timeout_after_success"))
    faults.add(Fault("submit", "return"))
    cash_out = story.asked()
    assert story.go_on(cash_out) is CashOutState.UNKNOWN
    noon.move(days=2)

    story.take_in(2, 0, 1)
    state = story.go_on(cash_out)

    assert state is CashOutState.RETURNED
    assert (story.paid_fen(), story.shop_and_in_flight()) == ([0], (500, 0))
    assert [story.is_balanced(day) for day in (0, 1, 2)] == [True, True, True]


def test_it_names_a_wrong_amount_in_its_answer(story, mall, faults):
    faults.add(Fault("submit", "wrong_amount"))
    cash_out = story.asked()

    assert story.go_on(cash_out) is CashOutState.UNKNOWN
    story.sweep(hours=2)

    stuck = mall.cash_out(cash_out.id)
    assert (stuck.state, stuck.due_at) == ("unknown", None)
    assert stuck.reason == "银行回复的金额与这笔提现不同，请财务人员向银行核对"
    assert story.shop_and_in_flight() == (200, 0)
    story.take_in(0)  # the statement says what truly left
    assert story.go_on(cash_out) is CashOutState.SETTLED
    assert (story.paid_fen(), story.shop_and_in_flight()) == ([300], (200, 0))


def test_it_names_a_wrong_amount_when_it_is_asked(story, given, finance, mall, faults, noon):
    faults.add(Fault("query", "wrong_amount"))
    cash_out = story.asked()
    story.go_on(cash_out)
    noon.move(seconds=30)

    assert story.go_on(cash_out) is CashOutState.UNKNOWN

    assert mall.cash_out(cash_out.id).due_at is None
    assert story.shop_and_in_flight() == (200, 0)
    url = f"cash-outs/{cash_out.id}/inquiry"
    assert post(story.counter.owner, url).status_code == 403
    asked = post(finance, url)  # who has talked to the bank
    again = post(finance, url)
    assert (asked.status_code, asked.json["reason"]) == (200, None)
    assert (again.status_code, again.json["code"]) == (409, "settlement.cash_out_not_stuck")
    assert story.go_on(cash_out) is CashOutState.SETTLED
    elsewhere = given.staff(Role.FINANCE, given.village().id)
    assert post(elsewhere, url).status_code == 404


def test_it_books_a_wrong_amount_and_puts_it_right_the_next_day(story, faults):
    faults.add(Fault("submit", "misbook"))
    cash_out = story.asked()
    story.go_on(cash_out)
    story.sweep(minutes=10)
    story.take_in(0)

    assert story.differences() == [("different_amount", -301, -300), ("ours_only", None, -300)]
    assert story.shop_and_in_flight() == (200, 300)
    assert not story.is_balanced()
    story.sweep(days=1)
    story.take_in(1)

    assert (story.paid_fen(), story.shop_and_in_flight()) == ([300], (200, 0))
    assert story.differences(1) == [("different_amount", 301, 300)]


def test_it_refuses(story, faults):
    faults.add(Fault("submit", "refuse", reason="户名与账号不符"))
    cash_out = story.asked()

    assert story.go_on(cash_out) is CashOutState.REJECTED
    story.take_in(0)

    assert (story.paid_fen(), story.shop_and_in_flight()) == ([0], (500, 0))
    assert story.is_balanced()


def test_it_returns_days_later(story, faults):
    faults.add(Fault("submit", "return"))
    cash_out = story.asked()
    story.go_on(cash_out)
    story.sweep(minutes=10)
    story.take_in(0)
    assert story.go_on(cash_out) is CashOutState.SETTLED
    assert story.shop_and_in_flight() == (200, 0)

    story.sweep(days=2)
    story.take_in(1, 2)

    assert story.go_on(cash_out) is CashOutState.RETURNED
    assert (story.paid_fen(), story.shop_and_in_flight()) == ([0], (500, 0))
    assert story.is_balanced(2)


def test_a_call_is_forged(story, app, mall, noon, monkeypatch):
    settings = replace(app.config["SETTINGS"], bank_api_key=API_KEY)
    monkeypatch.setitem(app.config, "SETTINGS", settings)
    cash_out = story.asked()
    story.go_on(cash_out)
    due_at = mall.cash_out(cash_out.id).due_at

    with Server(app) as server:
        url = f"{server.url}/api/v1/bank/notifications"
        notices = Notices(url, API_KEY, now=lambda: noon().timestamp())
        assert notices.send(cash_out.payment_id, is_forged=True) == [401]

    after = mall.cash_out(cash_out.id)
    assert (after.state, after.due_at, after.tries) == ("accepted", due_at, 0)
    assert story.shop_and_in_flight() == (200, 0)


def test_it_has_another_payment_under_our_id(story, books, mall):
    cash_out = story.asked()
    books.submit(Order(cash_out.payment_id, 999, "别人", "1", "别的银行", "别的"), Fate())

    assert story.go_on(cash_out) is CashOutState.UNKNOWN
    story.take_in(0)

    assert mall.cash_out(cash_out.id).due_at is None
    assert story.shop_and_in_flight() == (200, 0)
    assert story.differences() == [("different_amount", -999, -300), ("ours_only", None, -300)]
