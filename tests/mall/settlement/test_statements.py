"""The bank's statement is taken in, booked line by line, and compared with the ledger."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.kernel.db import db
from app.kernel.jobs import BANK_QUEUE, queue
from app.register.identity.roles import Role
from mall.settlement import jobs
from mall.settlement.models import BankStatement, CashOutState, ChangedLine, StatementEntry
from mall.settlement.reconciliation import WHAT_TO_DO, DifferenceKind
from sandbox.faults import Fault
from tests.given.http import post
from tests.given.statements import DAY, EVE, day_of, deposit, file_of, line, upload


@pytest.fixture
def rich(app, mall, counter, books, statement, noon):
    """A shop that has taken 500 points, paid for by a deposit of the day before."""
    noon.move(days=-1)
    books.deposit(500, name="财政局", account="9901010100000026", purpose="补助")
    mall.take_in(statement(EVE))
    noon.move(days=1)
    mall.takings(counter, 500, is_funded=True)
    return counter


def moved(before, after):
    return {name: after[name] - before[name] for name in before if after[name] != before[name]}


# What a line moves ---------------------------------------------------------------------------


def test_a_deposit_funds_the_reserve(mall, counter, finance):
    mall.take_in(file_of(deposit(1, 1_000_000)))

    assert mall.balances(counter) == {
        "shop": 0,
        "in_flight": 0,
        "reserve": 1_000_000,
        "custody": -1_000_000,
    }
    day = day_of(finance)
    assert day["funded_fen"] == day["closing_fen"] == day["ledger_custody_fen"] == 1_000_000
    assert (day["unexplained_fen"], day["gap_fen"], day["differences"]) == (0, 0, [])
    assert (day["matched_lines"], day["waiting_lines"], day["is_balanced"]) == (1, 0, True)


def test_the_debit_of_a_settled_payment_empties_what_is_in_flight(
    mall, rich, bank, statement, noon, finance
):
    cash_out = mall.asked(rich, 300)
    mall.go_on(cash_out)
    noon.move(seconds=30)
    mall.go_on(cash_out)
    before = mall.balances(rich)

    mall.take_in(statement(DAY))

    assert moved(before, mall.balances(rich)) == {
        "in_flight": -300,
        "reserve": 1_000_000,
        "custody": 300 - 1_000_000,
    }
    assert mall.balances(rich)["in_flight"] == 0
    assert mall.state(cash_out) is CashOutState.SETTLED
    day = day_of(finance)
    assert (day["paid_fen"], day["matched_lines"], day["differences"]) == (300, 2, [])
    assert day["closing_fen"] == day["ledger_custody_fen"] == 1_000_200
    assert day["is_balanced"] is True


@pytest.mark.parametrize("answer", ["accepted", "unknown", "submitting"])
def test_the_debit_settles_what_the_bank_had_not_answered_yet(
    answer, app, mall, rich, bank, books, faults, statement, noon, impatient
):
    if answer == "unknown":
        faults.add(Fault("submit", "timeout_after_success"))
    cash_out = mall.asked(rich, 300)
    if answer == "submitting":
        from app.kernel.db import transaction
        from mall.settlement import service as settlement
        from tests.given.factories import COUNTY

        with app.app_context(), transaction():
            payment = settlement.begin_sending(county_id=COUNTY, cash_out_id=cash_out.id, at=noon())
        bank.submit(payment)
    else:
        assert mall.go_on(cash_out) == answer

    mall.take_in(statement(DAY))

    settled = mall.cash_out(cash_out.id)
    assert (settled.state, settled.due_at) == (CashOutState.SETTLED, None)
    assert settled.bank_reference == books.entries()[-1]["bank_reference"]
    assert mall.balances(rich)["shop"] == 200
    assert mall.balances(rich)["in_flight"] == 0
    noon.move(hours=1)
    assert mall.go_on(cash_out) is CashOutState.SETTLED


def test_a_return_days_later_gives_the_shop_its_points_back(
    mall, rich, bank, books, faults, statement, noon, finance
):
    faults.add(Fault("submit", "return", reason="收款账户已销户"))
    cash_out = mall.asked(rich, 300)
    mall.go_on(cash_out)
    mall.take_in(statement(DAY))
    assert mall.balances(rich)["shop"] == 200
    noon.move(days=2)
    later = DAY + timedelta(days=2)

    mall.take_in(statement(later))

    returned = mall.cash_out(cash_out.id)
    assert (returned.state, returned.reason) == (CashOutState.RETURNED, "退汇：收款账户已销户")
    assert returned.settled_at is not None
    assert mall.balances(rich)["shop"] == 500
    assert mall.balances(rich)["in_flight"] == 0
    day = day_of(finance, later)
    assert (day["returned_fen"], day["unexplained_fen"], day["gap_fen"]) == (300, 0, 0)
    assert day["is_balanced"] is True


def test_a_return_waits_for_the_file_that_shows_its_payment_leaving(mall, rich, bank, noon):
    cash_out = mall.asked(rich, 300)
    mall.go_on(cash_out)
    later = DAY + timedelta(days=2)
    back = line(9, 300, cash_out.payment_id, purpose="退汇", on=later)
    noon.move(days=2)

    mall.take_in(file_of(back, on=later))
    assert mall.balances(rich)["shop"] == 200
    assert mall.state(cash_out) is CashOutState.ACCEPTED
    mall.take_in(file_of(line(1, -300, cash_out.payment_id)))

    assert mall.state(cash_out) is CashOutState.RETURNED
    assert mall.balances(rich)["shop"] == 500
    assert mall.balances(rich)["in_flight"] == 0


# What moves nothing --------------------------------------------------------------------------


@pytest.fixture
def paid(mall, rich, bank):
    """A cash-out of 300 that the bank accepted."""
    cash_out = mall.asked(rich, 300)
    mall.go_on(cash_out)
    return cash_out


def assert_only_difference(finance, kind, *, bank_fen, our_fen, cash_out=None, also=()):
    kinds = [d["kind"] for d in day_of(finance)["differences"]]
    assert sorted(kinds) == sorted([kind, *also])
    found = next(d for d in day_of(finance)["differences"] if d["kind"] == kind)
    assert (found["bank_fen"], found["our_fen"]) == (bank_fen, our_fen)
    assert found["cash_out_id"] == (str(cash_out.id) if cash_out else None)
    assert found["what_to_do"] == WHAT_TO_DO[DifferenceKind(kind)]
    assert day_of(finance)["is_balanced"] is False


def test_another_amount_than_instructed_moves_nothing(mall, rich, paid, finance):
    before = mall.balances(rich)

    mall.take_in(file_of(line(1, -301, paid.payment_id), opening_fen=1000))

    assert mall.balances(rich) == before
    assert mall.state(paid) is CashOutState.ACCEPTED
    assert_only_difference(
        finance, "different_amount", bank_fen=-301, our_fen=-300, cash_out=paid, also=["ours_only"]
    )


def test_a_payment_we_never_instructed_moves_nothing(mall, rich, finance):
    before = mall.balances(rich)

    mall.take_in(file_of(line(1, -300, "f" * 32), line(2, -10, purpose="手续费"), opening_fen=1000))

    assert mall.balances(rich) == before
    day = day_of(finance)
    assert [(d["kind"], d["bank_fen"]) for d in day["differences"]] == [
        ("bank_only", -300),
        ("bank_only", -10),
    ]


@pytest.mark.parametrize("payment_id", ["not-hex", "0" * 31, "１" * 32])
def test_an_instruction_id_that_is_none_moves_nothing(payment_id, mall, rich, finance):
    mall.take_in(file_of(line(1, -300, payment_id), opening_fen=1000))

    assert_only_difference(finance, "bank_only", bank_fen=-300, our_fen=None)


def test_a_payment_booked_twice_moves_once(mall, rich, paid, finance):
    mall.take_in(
        file_of(line(1, -300, paid.payment_id), line(2, -300, paid.payment_id), opening_fen=1000)
    )

    assert mall.classes() == {
        "202605310000000001": "funding",
        "202606010000000001": "payout",
        "202606010000000002": "duplicate",
    }
    assert mall.balances(rich)["in_flight"] == 0
    assert_only_difference(finance, "duplicate", bank_fen=-300, our_fen=-300, cash_out=paid)


def test_a_payment_that_was_refused_and_yet_paid_moves_nothing(mall, rich, bank, faults, finance):
    faults.add(Fault("submit", "refuse"))
    cash_out = mall.asked(rich, 300)
    mall.go_on(cash_out)
    before = mall.balances(rich)

    mall.take_in(file_of(line(1, -300, cash_out.payment_id), opening_fen=1000))

    assert mall.balances(rich) == before
    assert mall.state(cash_out) is CashOutState.REJECTED
    assert_only_difference(
        finance, "not_instructed", bank_fen=-300, our_fen=-300, cash_out=cash_out
    )


def test_a_return_that_does_not_say_of_what_is_no_funding(mall, rich, paid, finance):
    before = mall.balances(rich)

    mall.take_in(file_of(line(1, 300, purpose="退汇"), line(2, -300, paid.payment_id)))

    assert mall.balances(rich)["reserve"] == before["reserve"]
    assert mall.balances(rich)["shop"] == 200
    assert_only_difference(finance, "unclear_return", bank_fen=300, our_fen=None)


def test_a_payment_on_no_statement_is_listed_until_it_comes(mall, rich, paid, finance, noon):
    mall.take_in(file_of(deposit(1, 1_000_000), opening_fen=500))
    assert_only_difference(finance, "ours_only", bank_fen=None, our_fen=-300, cash_out=paid)

    noon.move(hours=1)
    both = (deposit(1, 1_000_000), line(2, -300, paid.payment_id))
    mall.take_in(file_of(*both, opening_fen=500))

    assert day_of(finance)["differences"] == []
    assert day_of(finance)["is_balanced"] is True


def test_a_missing_day_is_noticed(mall, counter, finance, noon):
    mall.take_in(file_of(deposit(1, 1000)))
    noon.move(days=2)
    next_day = DAY + timedelta(days=2)

    mall.take_in(file_of(opening_fen=1500, on=next_day))

    day = day_of(finance, next_day)
    assert (day["gap_fen"], day["unexplained_fen"], day["is_balanced"]) == (500, 500, False)


# Twice, changed, broken ----------------------------------------------------------------------


def test_the_same_file_again_changes_nothing_and_says_so(app, mall, counter):
    content = file_of(deposit(1, 1000))
    first = mall.take_in(content)
    before = mall.balances(counter)

    again = mall.take_in(content)

    assert (first.is_repeat, first.new_lines) == (False, 1)
    assert (again.is_repeat, again.new_lines, again.known_lines) == (True, 0, 1)
    assert again.statement.id == first.statement.id
    assert mall.balances(counter) == before


def test_a_later_file_of_the_day_adds_only_its_new_lines(mall, counter):
    mall.take_in(file_of(deposit(1, 1000)))

    later = mall.take_in(file_of(deposit(1, 1000), deposit(2, 50)))

    assert (later.new_lines, later.known_lines, later.changed_lines) == (1, 1, 0)
    assert mall.balances(counter)["reserve"] == 1050


def test_a_line_that_came_with_other_contents_is_set_aside(app, mall, counter, finance):
    mall.take_in(file_of(deposit(1, 1000)))

    changed = mall.take_in(file_of(deposit(1, 9000), deposit(2, 50)))

    assert (changed.new_lines, changed.known_lines, changed.changed_lines) == (1, 0, 1)
    assert mall.balances(counter)["reserve"] == 1050
    assert_only_difference(finance, "changed_line", bank_fen=9000, our_fen=1000)
    with app.app_context():
        kept = db.session.scalars(
            select(StatementEntry.amount_fen).order_by(StatementEntry.bank_reference)
        ).all()
        assert list(kept) == [1000, 50]
        assert db.session.scalar(select(func.count()).select_from(ChangedLine)) == 1


def test_the_statement_of_another_account_is_refused(app, mall, counter, finance):
    mall.take_in(file_of(deposit(1, 1000)))
    other = file_of(deposit(2, 5000)).replace(b"9901010100000018", b"9901010100009999")

    answer = upload(finance, other)

    assert (answer.status_code, answer.json["code"]) == (409, "settlement.other_account")
    assert answer.json["message"] == (
        "这份对账单不是本县托管账户（尾号 0018）的，没有导入，请核对账号"
    )
    assert mall.balances(counter)["reserve"] == 1000


def test_an_account_serves_one_county_only(mall, counter, given, finance):
    mall.take_in(file_of(deposit(1, 1000)))
    elsewhere = given.staff(Role.FINANCE, given.county(990102), 990102)

    answer = upload(elsewhere, file_of(deposit(2, 5000)))

    assert answer.json["code"] == "settlement.account_of_another_county"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00" * 100,
        "账号,1".encode(),
        b"PK\x03\x04junk",
        file_of(deposit(1, 1000)).replace(b"10.00", b"11.00", 1),
        file_of(deposit(1, 1000))[:-30],
    ],
    ids=["empty", "binary", "no table", "excel", "does not add up", "truncated"],
)
def test_a_broken_file_is_refused_and_nothing_of_it_is_kept(content, app, finance):
    answer = upload(finance, content)

    assert answer.status_code == 422, answer.json
    assert answer.json["message"]
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(BankStatement)) == 0
        assert db.session.scalar(select(func.count()).select_from(StatementEntry)) == 0


# Over HTTP -----------------------------------------------------------------------------------


@pytest.fixture
def uploaded(given, mall, counter, finance):
    """A file that finance uploaded and an administrator confirmed: it waits to be booked."""
    mall.take_in(file_of(on=EVE))
    content = file_of(deposit(1, 1000))
    answer = upload(finance, content)
    assert (answer.status_code, answer.json["state"]) == (202, "waiting"), answer.json
    admin = given.staff(Role.COUNTY_ADMIN, given.county())
    confirmed = post(admin, f"bank-statements/{answer.json['id']}/confirmation")
    assert confirmed.status_code == 200, confirmed.json
    return content, answer


def test_an_upload_is_booked_by_the_worker(app, mall, counter, finance, uploaded):
    content, answer = uploaded

    repeat = upload(finance, content)
    again = upload(finance, content, key="statement-2")

    assert answer.json["on"] == "2026-06-01"
    assert (answer.json["new_lines"], answer.json["is_repeat"]) == (1, False)
    assert repeat.json == answer.json
    assert (again.status_code, again.json["is_repeat"], again.json["new_lines"]) == (201, True, 0)
    assert day_of(finance)["waiting_lines"] == 1
    with app.app_context():
        job = next(j for j in queue(BANK_QUEUE).get_jobs() if j.args[1] == answer.json["id"])
        assert job.func_name == "mall.settlement.jobs.book_statement"
        jobs.book_statement(*job.args)
    assert mall.balances(counter)["reserve"] == 1000
    assert day_of(finance)["is_balanced"] is True


def test_lines_that_a_dead_worker_left_are_found_by_the_sweep(
    app, mall, counter, finance, noon, uploaded
):
    with app.app_context():
        queue(BANK_QUEUE).empty()  # the job of the confirmation is lost
        jobs.book_waiting()
        assert queue(BANK_QUEUE).get_jobs() == []  # it might still be at work
        noon.move(minutes=3)
        jobs.book_waiting()
        (job,) = queue(BANK_QUEUE).get_jobs()
        jobs.book_statement(*job.args)
        queue(BANK_QUEUE).empty()
        jobs.book_waiting()
        assert queue(BANK_QUEUE).get_jobs() == []

    assert mall.balances(counter)["reserve"] == 1000


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.FINANCE, Role.BANK}))
def test_nobody_but_finance_and_the_bank_imports(role, app, given):
    somebody = given.staff(role, given.county())

    assert upload(somebody, file_of(deposit(1, 1000))).status_code == 403
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(BankStatement)) == 0


@pytest.mark.parametrize(
    "role", sorted(set(Role) - {Role.FINANCE, Role.COUNTY_ADMIN, Role.BANK, Role.AUDITOR})
)
def test_nobody_else_reads_the_reconciliation(role, given):
    somebody = given.staff(role, given.county())

    assert somebody.get("/api/v1/reconciliations/2026-06-01").status_code == 403


def test_an_upload_without_a_file_is_refused(finance):
    answer = finance.post(
        "/api/v1/bank-statements", data={}, headers={"Idempotency-Key": "statement-1"}
    )

    assert answer.status_code == 422
    assert post(finance, "bank-statements", {}).status_code == 422


def test_a_day_without_a_statement_is_not_found(finance):
    answer = finance.get("/api/v1/reconciliations/2026-05-31")

    assert (answer.status_code, answer.json["code"]) == (404, "settlement.statement_not_found")
    assert finance.get("/api/v1/reconciliations/yesterday").status_code == 422
