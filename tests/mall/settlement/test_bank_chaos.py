"""A bank that fails at random for days: every merchant is paid once or not, and it adds up."""

from datetime import date, timedelta
from random import Random

import pytest

from app.kernel import clock
from app.points import ledger
from mall.settlement import jobs
from mall.settlement.models import CashOutState
from mall.settlement.reconciliation import reconciliation
from sandbox.faults import Fault
from tests.given.factories import COUNTY

DAY = date(2026, 6, 1)
SUBMIT_FAULTS = ("timeout", "timeout_after_success", "500", "html", "garbage")
FATES = ("refuse", "return", "late")
QUERY_FAULTS = ("500", "html", "garbage")
TAKINGS = 1_000
ENDS = {CashOutState.SETTLED, CashOutState.RETURNED, CashOutState.REJECTED}


@pytest.fixture
def counters(mall, books, statement, noon):
    """Three shops whose takings were paid for by a deposit of the day before."""
    made = [mall.counter() for _ in range(3)]
    noon.move(days=-1)
    books.deposit(3 * TAKINGS, name="财政局", account="9901010100000026", purpose="补助")
    mall.take_in(statement(DAY - timedelta(days=1)))
    noon.move(days=1)
    for counter in made:
        mall.takings(counter, TAKINGS, is_funded=True)
    return made


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_nobody_is_paid_twice_and_nothing_stays_in_flight(
    seed, app, given, mall, counters, bank, books, faults, statement, noon
):
    chance = Random(seed)
    bank._timeout_seconds = (5.0, 0.2)  # one that is too short is just one more time-out
    asked = []
    for n in range(12):
        counter = chance.choice(counters)
        asked.append((counter, mall.asked(counter, 40 + n)))
        for kind in chance.sample(SUBMIT_FAULTS, k=chance.randint(0, 2)):
            faults.add(Fault("submit", kind))
        if chance.random() < 0.5:
            faults.add(Fault("submit", chance.choice(FATES)))
        if chance.random() < 0.5:
            faults.add(Fault("query", chance.choice(QUERY_FAULTS)))

    sweep_for_days(app, mall, noon, days=4)

    on = clock.day_of(noon())
    for days in range((on - DAY).days + 1):
        mall.take_in(statement(DAY + timedelta(days=days)))
    paid = {payment["payment_id"]: payment["paid_fen"] for payment in books.payments()}
    for counter in counters:
        left = TAKINGS
        for cash_out in (one for at, one in asked if at is counter):
            state = mall.state(cash_out)
            assert state in ENDS, (seed, state)
            is_paid = state is CashOutState.SETTLED
            assert paid[cash_out.payment_id] == (cash_out.amount_fen if is_paid else 0)
            left -= cash_out.amount_fen if is_paid else 0
        assert given.balance(ledger.shop(counter.shop_id)) == left
    assert given.balance(ledger.payout_in_flight()) == 0
    with app.app_context():
        day = reconciliation(COUNTY, on)
    assert (day.unexplained_fen, day.gap_fen, day.differences) == (0, 0, ())
    assert day.closing_fen == books.balance_fen()


def sweep_for_days(app, mall, noon, days):
    """Let time pass, ever faster, and do whatever is due each time."""
    until = noon() + timedelta(days=days)
    while noon() < until:
        noon.move(minutes=20)
        with app.app_context():
            due = list(jobs.queries.due_cash_outs(noon(), limit=100))
            for county_id, cash_out_id in due:
                jobs.go_on(str(county_id), str(cash_out_id))
