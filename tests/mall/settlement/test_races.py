"""Many at once, with real commits: one payment is sent once, one line is booked once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Event

import pytest
from sqlalchemy import select

from app.kernel.db import db, transaction
from app.points import ledger
from app.register.identity.roles import Role
from mall.settlement import jobs
from mall.settlement import service as settlement
from mall.settlement.models import CashOutState, StatementEntry
from mall.settlement.settings import SETTINGS
from tests.given.factories import COUNTY
from tests.given.http import post, user_of
from tests.given.statements import EVE, deposit, file_of, line

DAY = date(2026, 6, 1)


@pytest.mark.race("mall.settlement.service.cash_outs._locked")
def test_of_many_checkers_one_releases_and_one_instruction_is_sent(
    app, given, mall, noon, bank, books, together
):
    counter = mall.counter()
    mall.takings(counter, 500)
    asked = mall.cash_out(post(counter.owner, "cash-outs", {"amount_fen": 300}).json["id"])
    checkers = [user_of(app, given.staff(Role.FINANCE, given.county())) for _ in range(16)]

    outcomes = together(
        lambda checker=checker: settlement.release(
            county_id=COUNTY,
            cash_out_id=asked.id,
            within=[given.county()],
            released_by=checker,
            at=noon(),
        )
        for checker in checkers
    )

    assert outcomes == {"done": 1, "AlreadyDecided": 15}
    assert mall.go_on(asked) is CashOutState.ACCEPTED
    assert len(books.payments()) == 1


def test_released_and_declined_at_once_only_one_holds(app, given, mall, noon, together):
    counter = mall.counter()
    mall.takings(counter, 500)
    asked = mall.cash_out(post(counter.owner, "cash-outs", {"amount_fen": 300}).json["id"])
    one, two = (user_of(app, given.staff(Role.FINANCE, given.county())) for _ in range(2))
    about = {"county_id": COUNTY, "cash_out_id": asked.id, "within": [given.county()]}

    outcomes = together(
        [
            lambda: settlement.release(**about, released_by=one, at=noon()),
            lambda: settlement.decline(**about, reason="不", declined_by=two, at=noon()),
        ]
    )

    assert outcomes == {"done": 1, "AlreadyDecided": 1}
    free = mall.balances(counter)["shop"]
    assert (mall.state(asked), free) in {(CashOutState.CREATED, 200), (CashOutState.DECLINED, 500)}


@pytest.mark.race("mall.settlement.service.outcomes.locked_cash_out")
def test_a_second_worker_waits_and_is_told_not_to_send(app, mall, noon, committed):
    counter = mall.counter()
    mall.takings(counter, 500)
    cash_out = mall.asked(counter, 300)
    first_is_in, second_is_done = Event(), Event()

    def begin(before_commit=lambda: None):
        with app.app_context(), transaction():
            payment = settlement.begin_sending(county_id=COUNTY, cash_out_id=cash_out.id, at=noon())
            before_commit()
        return payment

    def hesitate():
        first_is_in.set()
        second_is_done.wait(0.5)  # with the lock it cannot be done before the first commits

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(begin, hesitate)
        first_is_in.wait()
        second = pool.submit(begin)
        second.add_done_callback(lambda _: second_is_done.set())

    assert first.result().id == cash_out.payment_id
    assert second.result() is None


def test_one_cash_out_run_by_thirty_two_workers_is_paid_once(app, mall, bank, books, together):
    counter = mall.counter()
    mall.takings(counter, 500)
    cash_out = mall.asked(counter, 300)

    def work(_):
        with app.app_context():
            jobs.go_on(str(COUNTY), str(cash_out.id))

    with ThreadPoolExecutor(32) as pool:
        list(pool.map(work, range(32)))

    assert mall.state(cash_out) is CashOutState.ACCEPTED
    assert [payment["paid_fen"] for payment in books.payments()] == [300]


@pytest.mark.race("mall.settlement.service.custody._locked_row")
def test_one_file_imported_by_many_at_once_is_taken_in_once(app, mall, given, noon, together):
    counter = mall.counter()
    mall.take_in(file_of(on=EVE))  # the custody account is known
    content = file_of(*(deposit(n, 100) for n in range(1, 31)))
    imported = []

    outcomes = together(
        lambda: imported.extend(
            settlement.import_file(county_id=COUNTY, content=content, imported_by=None, at=noon())
        )
        for _ in range(16)
    )
    statement_id = str(imported[0].statement.id)

    def book(_):
        with app.app_context():
            jobs.book_statement(str(COUNTY), statement_id)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(book, range(8)))

    assert outcomes == {"done": 16}
    assert sorted(one.is_repeat for one in imported) == [False] + [True] * 15
    assert mall.balances(counter)["reserve"] == 3000


@pytest.mark.race("mall.settlement.service.entries._locked")
def test_a_line_booked_by_many_at_once_is_judged_once(app, mall, noon, bank, together):
    counter = mall.counter()
    mall.takings(counter, 500)
    cash_out = mall.asked(counter, 300)
    mall.go_on(cash_out)
    with app.app_context(), transaction():
        settlement.import_file(
            county_id=COUNTY,
            content=file_of(line(1, -300, cash_out.payment_id), opening_fen=500),
            imported_by=None,
            at=noon(),
        )
        db.session.flush()
        entry_id = db.session.scalars(select(StatementEntry.id)).one()

    outcomes = together(
        lambda: settlement.book_entry(county_id=COUNTY, entry_id=entry_id, at=noon())
        for _ in range(32)
    )

    assert outcomes == {"done": 32}
    assert mall.classes() == {"202606010000000001": "payout"}
    assert mall.balances(counter)["in_flight"] == 0
    assert mall.state(cash_out) is CashOutState.SETTLED


def test_the_banks_word_and_its_statement_at_once_settle_once(
    app, mall, noon, bank, books, statement, together
):
    counters = [mall.counter() for _ in range(6)]
    cash_outs = []
    for counter in counters:
        mall.takings(counter, 500)
        cash_outs.append(mall.asked(counter, 300))
        mall.go_on(cash_outs[-1])
    noon.move(seconds=30)
    with app.app_context(), transaction():
        (imported,) = settlement.import_file(
            county_id=COUNTY, content=statement(DAY), imported_by=None, at=noon()
        )

    def book():
        with app.app_context():
            jobs.book_statement(str(COUNTY), str(imported.statement.id))

    with ThreadPoolExecutor(8) as pool:
        work = [pool.submit(book), pool.submit(book)]
        work += [pool.submit(mall.go_on, cash_out) for cash_out in cash_outs]
        for done in work:
            done.result()

    assert [mall.state(cash_out) for cash_out in cash_outs] == [CashOutState.SETTLED] * 6
    assert [mall.balances(counter)["shop"] for counter in counters] == [200] * 6
    assert mall.balances(counters[0])["in_flight"] == 0


@pytest.mark.race("mall.agreed_moves.service.decide")
def test_an_allotment_approved_by_many_at_once_moves_once(app, given, noon, together):
    village = given.village()
    checkers = [given.user() for _ in range(16)]
    maker = given.user()
    within = [given.county()]
    with app.app_context(), transaction():
        ledger.post(
            county_id=COUNTY,
            reference="deposit:1",
            decided_at=noon(),
            kind=ledger.TransferKind.FUNDING,
            debit=ledger.custody(),
            credit=ledger.reserve(),
            amount=1000,
        )
        allotment_id = settlement.propose_allotment(
            county_id=COUNTY,
            village_id=village.id,
            within=within,
            amount_fen=100,
            proposed_by=maker,
            at=noon(),
        ).id

    outcomes = together(
        lambda checker=checker: settlement.approve_allotment(
            county_id=COUNTY,
            allotment_id=allotment_id,
            within=within,
            approved_by=checker,
            at=noon(),
        )
        for checker in checkers
    )

    assert outcomes == {"done": 1, "AlreadyDecided": 15}
    assert given.balance(ledger.village_budget(village.id)) == 100


def test_shops_that_cash_out_at_once_never_hold_more_than_they_have(given, mall, noon, together):
    counter = mall.counter()
    mall.takings(counter, 500)
    owner = given.user()

    outcomes = together(
        lambda: settlement.ask(
            county_id=COUNTY,
            shop_id=counter.shop_id,
            amount_fen=100,
            asked_by=owner,
            at=noon(),
        )
        for _ in range(32)
    )

    assert outcomes == {"done": 5, "ShopBalanceTooSmall": 27}
    assert mall.balances(counter)["shop"] == 0


def test_a_bank_reference_is_taken_in_once_from_two_different_files(mall, app, noon, together):
    counter = mall.counter()
    files = [file_of(deposit(1, 100), deposit(n, 50)) for n in range(2, 10)]

    outcomes = together(
        lambda content=content: settlement.import_file(
            county_id=COUNTY, content=content, imported_by=None, at=noon()
        )
        for content in files
    )
    with app.app_context():
        jobs.book_waiting()
        for county_id, statement_id in jobs.queries.waiting_statements(noon(), limit=99):
            jobs.book_statement(str(county_id), str(statement_id))

    assert outcomes == {"done": 8}
    assert mall.balances(counter)["reserve"] == 100 + 8 * 50


def test_many_who_ask_at_once_stay_below_the_limit_of_a_day(
    app, given, mall, counter, noon, committed, together
):
    given.setting(SETTINGS, cash_out_day_limit_fen=300)
    mall.takings(counter, 900)
    owner = user_of(app, counter.owner)

    outcomes = together(
        [
            lambda: settlement.ask(
                county_id=COUNTY,
                shop_id=counter.shop_id,
                amount_fen=100,
                asked_by=owner,
                at=noon(),
            )
        ]
        * 8
    )

    assert outcomes == {"done": 3, "DayLimitReached": 5}
    assert mall.balances(counter)["shop"] == 600
