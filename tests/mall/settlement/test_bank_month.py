"""A month with a bank that does everything wrong at random, day by day, in every way at once."""

import json
from dataclasses import replace
from datetime import date, timedelta
from random import Random

import pytest
from sqlalchemy import func, select

from app.kernel import clock
from app.kernel.db import db
from app.outside.bank.http import signature
from app.points import ledger
from mall.settlement import jobs
from mall.settlement.models import CashOut, CashOutState, EntryClass, StatementEntry
from mall.settlement.reconciliation import reconciliation
from sandbox.faults import Fault
from tests.given.bank import API_KEY
from tests.given.factories import COUNTY
from tests.given.http import post

FIRST = date(2026, 6, 1)
DAYS = 30
ENDS = {CashOutState.SETTLED, CashOutState.RETURNED, CashOutState.REJECTED}
ANSWERS = ("timeout", "timeout_after_success", "500", "html", "garbage", "wrong_amount")
FATES = ("refuse", "return", "late", "misbook")
NOTICES = "/api/v1/bank/notifications"


class Month:
    """The simulation; every choice comes from the seed."""

    def __init__(self, seed, app, given, mall, books, faults, statement, noon) -> None:
        print(f"seed of this month: {seed}")  # noqa: T201 - so that a failure can be repeated
        self.chance = Random(seed)
        self.app = app
        self.given = given
        self.mall = mall
        self.books = books
        self.faults = faults
        self.statement = statement
        self.noon = noon
        self.counters = [mall.counter() for _ in range(3)]
        self.asked = []

    def a_morning(self) -> None:
        """Households pay, merchants ask, and the bank is told what to do wrong."""
        chance = self.chance
        if chance.random() < 0.2:
            self.books.deposit(5_000, name="财政局", account="9901010100000026", purpose="补助")
        for counter in chance.sample(self.counters, k=2):
            self.mall.takings(counter, chance.randint(50, 300), is_funded=True)
            free = self.mall.balances(counter)["shop"]
            if chance.random() < 0.8 and free > 20:
                self.asked.append((counter, self.mall.asked(counter, chance.randint(1, free))))
        for kind in chance.sample(ANSWERS, k=chance.randint(0, 2)):
            self.faults.add(Fault("submit", kind))
        for kind in chance.sample(ANSWERS, k=chance.randint(0, 2)):
            self.faults.add(Fault("query", kind))
        if chance.random() < 0.6:
            self.faults.add(Fault("submit", chance.choice(FATES)))

    def pass_until(self, at) -> None:
        """Let time pass; jobs run, and hints come, true and forged, in any order."""
        while self.noon() < at:
            self.noon.at = min(at, self.noon() + timedelta(minutes=self.chance.randint(1, 240)))
            if self.asked and self.chance.random() < 0.3:
                self.a_notice(self.chance.choice(self.asked)[1])
            with self.app.app_context():
                due = list(jobs.queries.due_cash_outs(self.noon(), limit=100))
                self.chance.shuffle(due)
                for county_id, cash_out_id in due:
                    jobs.go_on(str(county_id), str(cash_out_id))

    def a_notice(self, cash_out) -> None:
        is_forged = self.chance.random() < 0.5
        body = json.dumps({"payment_id": cash_out.payment_id, "state": "rejected"}).encode()
        timestamp = str(int(self.noon().timestamp()))
        key = "guessed" if is_forged else API_KEY
        headers = {
            "Content-Type": "application/json",
            "X-Bank-Timestamp": timestamp,
            "X-Bank-Signature": signature(key, timestamp, "POST", "/notifications", body),
        }
        answer = self.app.test_client().post(NOTICES, data=body, headers=headers)
        assert answer.status_code == (401 if is_forged else 204)

    def a_person_looks(self, finance) -> None:
        """Where the bank contradicted itself, somebody calls it and has it asked again."""
        with self.app.app_context():
            stuck = db.session.scalars(
                select(CashOut.id).where(
                    CashOut.state == CashOutState.UNKNOWN, CashOut.due_at.is_(None)
                )
            ).all()
        for cash_out_id in stuck:
            assert post(finance, f"cash-outs/{cash_out_id}/inquiry").status_code == 200

    def take_in(self, day: date) -> None:
        """The statement of a day, now and then twice, or the one of the day before again."""
        for _ in range(self.chance.randint(1, 2)):
            self.mall.take_in(self.statement(day))
        if day > FIRST and self.chance.random() < 0.2:
            self.mall.take_in(self.statement(day - timedelta(days=1)))

    def check(self, day: date) -> None:
        """After the day's statement: the clearing account is empty, and all else is listed."""
        misbooked = {one["payment_id"]: one for one in self.books.misbooked_now()}
        owed = [one["amount_fen"] for one in misbooked.values()]
        with self.app.app_context():
            told = reconciliation(COUNTY, day)
            unbooked_fen = db.session.scalar(
                select(func.sum(StatementEntry.amount_fen)).where(
                    StatementEntry.booked_on <= day,
                    StatementEntry.entry_class.in_([c for c in EntryClass if c.is_difference]),
                )
            )
            waiting = {
                cash_out.id
                for cash_out in db.session.scalars(select(CashOut))
                if cash_out.sent_at
                and cash_out.sent_at < clock.day_end(day)
                and (cash_out.state.is_with_bank or cash_out.id.hex in misbooked)
            }
        # What the bank misbooked is in flight until it puts that right; otherwise nothing is.
        assert told.payout_in_flight_fen <= sum(owed)
        if not owed:
            assert told.payout_in_flight_fen == 0
        assert told.closing_fen == self.books.balance_fen_on(day)
        assert (told.gap_fen, told.waiting_lines) == (0, 0)
        assert told.unexplained_fen == int(unbooked_fen or 0)
        by_kind = {kind: {d for d in told.differences if d.kind == kind} for kind in KINDS}
        assert {d.cash_out_id for d in by_kind["ours_only"]} == waiting
        assert {d.bank_reference for d in by_kind["different_amount"]} == {
            entry["bank_reference"]
            for entry in self.books.entries()
            if entry["booked_on"] == day.isoformat() and self.is_wrong(entry)
        }
        assert len(told.differences) == sum(map(len, by_kind.values()))

    def is_wrong(self, entry) -> bool:
        amounts = {one.payment_id: one.amount_fen for _, one in self.asked}
        return entry["payment_id"] is not None and (
            abs(entry["amount_fen"]) != amounts[entry["payment_id"]]
        )


KINDS = ("ours_only", "different_amount")


@pytest.mark.timeout(600)
@pytest.mark.parametrize("seed", [20260601])
def test_a_month_of_faults_pays_nobody_twice_and_lists_every_difference(
    seed, app, given, mall, bank, books, faults, statement, finance, noon, monkeypatch
):
    monkeypatch.setattr(bank, "_timeout_seconds", (5.0, 0.2))
    settings = replace(app.config["SETTINGS"], bank_api_key=API_KEY)
    monkeypatch.setitem(app.config, "SETTINGS", settings)
    noon.at = clock.day_start(FIRST) - timedelta(hours=3)
    month = Month(seed, app, given, mall, books, faults, statement, noon)
    books.deposit(100_000, name="财政局", account="9901010100000026", purpose="补助")
    mall.take_in(statement(clock.day_of(noon())))

    for number in range(DAYS + 4):
        day = FIRST + timedelta(days=number)
        noon.at = clock.day_start(day) + timedelta(minutes=30)
        if number:
            month.take_in(day - timedelta(days=1))
            month.check(day - timedelta(days=1))
        if number < DAYS:
            month.a_morning()
        else:
            faults.clear()  # the month is over; what is under way comes to its end
        month.a_person_looks(finance)
        month.pass_until(clock.day_end(day) - timedelta(minutes=1))

    paid = {payment["payment_id"]: payment["paid_fen"] for payment in books.payments()}
    assert len(month.asked) > 20
    kinds = set()
    for counter in month.counters:
        for _, cash_out in (one for one in month.asked if one[0] is counter):
            state = mall.state(cash_out)
            kinds.add(state)
            assert state in ENDS, (seed, cash_out.id)
            owed_fen = cash_out.amount_fen if state is CashOutState.SETTLED else 0
            assert paid[cash_out.payment_id] == owed_fen
    assert kinds == ENDS
    assert given.balance(ledger.payout_in_flight()) == 0
