"""Instructing the stand-in bank over HTTP: whatever it does, a merchant is paid once or not."""

from datetime import timedelta

import pytest

from app.kernel import clock
from app.kernel.db import transaction
from app.kernel.jobs import BANK_QUEUE, queue
from app.outside.bank import OutcomeUnknown, PaymentState, PaymentStatus
from app.register.identity.roles import Role
from mall.settlement import jobs
from mall.settlement import service as settlement
from mall.settlement.models import CashOutState
from sandbox.faults import Fault
from tests.given.factories import COUNTY
from tests.given.proposals import agree
from tests.given.statements import file_of, line


@pytest.fixture
def rich(mall, counter):
    mall.takings(counter, 500)
    return counter


def paid_fen(books):
    """What has left the custody account, by payment."""
    return {payment["payment_id"]: payment["paid_fen"] for payment in books.payments()}


def test_an_accepted_payment_settles_when_the_bank_says_so(mall, rich, bank, books, noon):
    cash_out = mall.asked(rich, 300)

    sent = mall.go_on(cash_out)
    too_early = mall.go_on(cash_out)
    noon.move(seconds=30)
    asked = mall.go_on(cash_out)

    assert (sent, too_early, asked) == ("accepted", "accepted", "settled")
    assert paid_fen(books) == {cash_out.payment_id: 300}
    assert mall.balances(rich)["shop"] == 200
    assert mall.balances(rich)["in_flight"] == 300
    settled = mall.cash_out(cash_out.id)
    assert settled.bank_reference == books.entries()[-1]["bank_reference"]
    assert settled.due_at is None


def test_a_job_that_runs_twice_sends_once(mall, rich, bank, books):
    cash_out = mall.asked(rich, 300)

    mall.go_on(cash_out)
    mall.go_on(cash_out)

    assert paid_fen(books) == {cash_out.payment_id: 300}
    assert mall.cash_out(cash_out.id).tries == 0


def test_an_explicit_refusal_gives_the_points_back(mall, rich, bank, books, faults):
    faults.add(Fault("submit", "refuse", reason="户名与账号不符"))
    cash_out = mall.asked(rich, 300)

    assert mall.go_on(cash_out) is CashOutState.REJECTED

    assert mall.cash_out(cash_out.id).reason == "户名与账号不符"
    assert mall.balances(rich)["shop"] == 500
    assert mall.balances(rich)["in_flight"] == 0
    assert paid_fen(books) == {cash_out.payment_id: 0}


def test_a_refusal_learnt_by_asking_gives_the_points_back(
    mall, rich, bank, faults, noon, impatient
):
    faults.add(Fault("submit", "timeout_after_success"))
    faults.add(Fault("submit", "refuse", reason="账户已冻结"))
    cash_out = mall.asked(rich, 300)

    assert mall.go_on(cash_out) is CashOutState.UNKNOWN
    assert mall.balances(rich)["shop"] == 200
    noon.move(seconds=30)
    assert mall.go_on(cash_out) is CashOutState.REJECTED

    assert mall.cash_out(cash_out.id).reason == "账户已冻结"
    assert mall.balances(rich)["shop"] == 500


def test_a_time_out_after_success_is_not_paid_twice(
    mall, rich, bank, books, faults, noon, impatient
):
    faults.add(Fault("submit", "timeout_after_success"))
    cash_out = mall.asked(rich, 300)

    assert mall.go_on(cash_out) is CashOutState.UNKNOWN
    assert mall.balances(rich)["shop"] == 200
    noon.move(seconds=30)
    assert mall.go_on(cash_out) is CashOutState.SETTLED

    assert paid_fen(books) == {cash_out.payment_id: 300}
    assert mall.balances(rich)["in_flight"] == 300


@pytest.mark.parametrize("kind", ["500", "html", "garbage", "timeout"])
def test_an_unclear_answer_keeps_the_hold_and_the_same_instruction_is_sent_again(
    kind, mall, rich, bank, books, faults, noon, impatient
):
    faults.add(Fault("submit", kind))
    cash_out = mall.asked(rich, 300)

    assert mall.go_on(cash_out) is CashOutState.UNKNOWN
    assert paid_fen(books) == {}
    noon.move(seconds=30)
    assert mall.go_on(cash_out) is CashOutState.UNKNOWN  # not found, but it may be on its way
    assert mall.cash_out(cash_out.id).may_resend is False
    assert mall.balances(rich)["shop"] == 200
    for minutes in (2.5, 10):
        noon.at = mall.cash_out(cash_out.id).due_at
        assert noon.at - mall.cash_out(cash_out.id).sent_at == timedelta(minutes=minutes)
        if minutes < 10:
            assert mall.go_on(cash_out) is CashOutState.UNKNOWN  # banks are slow to show
            assert mall.cash_out(cash_out.id).may_resend is False
    assert mall.go_on(cash_out) is CashOutState.UNKNOWN  # surely not there: may be sent again
    assert mall.cash_out(cash_out.id).may_resend is True
    assert mall.go_on(cash_out) is CashOutState.ACCEPTED
    noon.move(seconds=30)
    assert mall.go_on(cash_out) is CashOutState.SETTLED

    assert paid_fen(books) == {cash_out.payment_id: 300}
    assert mall.balances(rich)["shop"] == 200


def test_a_bank_that_takes_nine_minutes_to_show_what_it_took_is_not_told_twice(
    mall, rich, bank, books, faults, noon, impatient, monkeypatch
):
    faults.add(Fault("submit", "timeout_after_success"))
    cash_out = mall.asked(rich, 300)
    sent, shown_at = [], noon.at + timedelta(minutes=9)
    submit, query = bank.submit, bank.query
    monkeypatch.setattr(bank, "submit", lambda one: (sent.append(one.id), submit(one))[1])
    monkeypatch.setattr(
        bank,
        "query",
        lambda one: query(one) if noon() >= shown_at else PaymentStatus(PaymentState.NOT_FOUND),
    )

    states = [mall.go_on(cash_out)]
    while states[-1] is not CashOutState.SETTLED:
        noon.at = mall.cash_out(cash_out.id).due_at
        states.append(mall.go_on(cash_out))

    assert sent == [cash_out.payment_id]
    assert set(states[:-1]) == {CashOutState.UNKNOWN}
    assert paid_fen(books) == {cash_out.payment_id: 300}
    assert mall.balances(rich)["shop"] == 200


def not_found_from_now_on(bank, monkeypatch):
    monkeypatch.setattr(bank, "query", lambda one: PaymentStatus(PaymentState.NOT_FOUND))


def test_what_the_bank_accepted_and_cannot_find_later_is_never_sent_again(
    mall, rich, bank, books, noon, monkeypatch
):
    cash_out = mall.asked(rich, 300)
    assert mall.go_on(cash_out) is CashOutState.ACCEPTED
    not_found_from_now_on(bank, monkeypatch)

    for _ in range(6):
        noon.move(hours=1)
        assert mall.go_on(cash_out) is CashOutState.ACCEPTED

    assert mall.cash_out(cash_out.id).may_resend is False
    assert mall.balances(rich)["shop"] == 200


@pytest.mark.parametrize("purpose", ["批量代付", "手续费"])
def test_what_is_not_found_is_not_sent_again_while_an_unexplained_debit_may_be_it(
    mall, rich, bank, faults, noon, impatient, monkeypatch, purpose
):
    faults.add(Fault("submit", "timeout_after_success"))
    cash_out = mall.asked(rich, 300)
    mall.go_on(cash_out)
    not_found_from_now_on(bank, monkeypatch)
    mall.take_in(file_of(line(1, -300, purpose=purpose), opening_fen=500))

    noon.move(minutes=30)

    assert mall.go_on(cash_out) is CashOutState.UNKNOWN
    assert mall.cash_out(cash_out.id).may_resend is False
    assert mall.balances(rich)["shop"] == 200


def test_after_midnight_what_is_not_found_waits_for_the_statement_of_its_day(
    mall, rich, bank, faults, noon, impatient, monkeypatch
):
    faults.add(Fault("submit", "timeout"))
    cash_out = mall.asked(rich, 300)
    mall.go_on(cash_out)
    not_found_from_now_on(bank, monkeypatch)
    noon.move(days=1)

    assert mall.go_on(cash_out) is CashOutState.UNKNOWN
    assert mall.cash_out(cash_out.id).may_resend is False
    mall.take_in(file_of(opening_fen=500))
    noon.at = mall.cash_out(cash_out.id).due_at
    mall.go_on(cash_out)

    assert mall.cash_out(cash_out.id).may_resend is True


def test_what_never_reached_the_bank_is_sent_again_as_soon_as_the_bank_is_back(
    mall, rich, bank, books, noon, monkeypatch
):
    cash_out = mall.asked(rich, 300)
    with monkeypatch.context() as away:
        away.setattr(bank, "_base_url", "http://127.0.0.1:9")
        assert mall.go_on(cash_out) is CashOutState.UNKNOWN
    assert mall.balances(rich)["shop"] == 200
    assert mall.go_on(cash_out) is CashOutState.UNKNOWN  # not before it is due
    assert paid_fen(books) == {}

    noon.move(seconds=30)
    assert mall.go_on(cash_out) is CashOutState.ACCEPTED
    noon.move(seconds=30)
    assert mall.go_on(cash_out) is CashOutState.SETTLED

    assert paid_fen(books) == {cash_out.payment_id: 300}
    assert mall.balances(rich)["shop"] == 200


def test_a_bank_that_stays_away_is_tried_ever_less_often(mall, rich, bank, noon, monkeypatch):
    monkeypatch.setattr(bank, "_base_url", "http://127.0.0.1:9")
    cash_out = mall.asked(rich, 300)

    waits = []
    for _ in range(5):
        assert mall.go_on(cash_out) is CashOutState.UNKNOWN
        due_at = mall.cash_out(cash_out.id).due_at
        waits.append((due_at - noon()).total_seconds())
        noon.at = due_at

    assert waits == [30, 120, 600, 3600, 3600]


@pytest.mark.parametrize("kind", ["500", "html", "garbage", "timeout"])
def test_a_question_without_an_answer_is_asked_again_later_and_later(
    kind, mall, rich, bank, books, faults, noon, impatient
):
    faults.add(Fault("submit", "timeout_after_success"))
    faults.add(Fault("query", kind, times=4))
    cash_out = mall.asked(rich, 300)
    mall.go_on(cash_out)

    waits = []
    for _ in range(4):
        due_at = mall.cash_out(cash_out.id).due_at
        waits.append((due_at - noon()).total_seconds())
        noon.at = due_at
        assert mall.go_on(cash_out) is CashOutState.UNKNOWN
    noon.at = mall.cash_out(cash_out.id).due_at

    assert waits == [30, 120, 600, 3600]
    assert mall.go_on(cash_out) is CashOutState.SETTLED
    assert paid_fen(books) == {cash_out.payment_id: 300}


def test_an_accepted_payment_stays_accepted_when_a_question_is_unanswered(
    mall, rich, bank, faults, noon
):
    cash_out = mall.asked(rich, 300)
    mall.go_on(cash_out)
    faults.add(Fault("query", "500"))
    noon.move(seconds=30)

    assert mall.go_on(cash_out) is CashOutState.ACCEPTED
    assert mall.balances(rich)["shop"] == 200


def test_another_payment_under_our_id_releases_nothing_and_calls_a_person(
    mall, rich, bank, books, noon
):
    from sandbox.bank_books import Fate, Order

    cash_out = mall.asked(rich, 300)
    books.submit(Order(cash_out.payment_id, 999, "别人", "1", "别的银行", "别的"), Fate())

    assert mall.go_on(cash_out) is CashOutState.UNKNOWN
    noon.move(days=1)
    assert mall.go_on(cash_out) is CashOutState.UNKNOWN

    stuck = mall.cash_out(cash_out.id)
    assert stuck.due_at is None
    assert stuck.reason == "银行已有编号相同但内容不同的付款，请财务人员向银行核对"
    assert mall.balances(rich)["shop"] == 200


def test_killed_before_sending_the_sweep_sends_it(app, mall, rich, bank, books, noon):
    cash_out = mall.asked(rich, 300)
    with app.app_context(), transaction():
        settlement.begin_sending(county_id=COUNTY, cash_out_id=cash_out.id, at=noon())
    # The process dies here: nothing was sent.

    assert mall.go_on(cash_out) is CashOutState.SUBMITTING  # another job leaves it alone
    states = sweep_until_settled(app, mall, cash_out, noon)

    assert states[-1] == "settled"
    assert paid_fen(books) == {cash_out.payment_id: 300}
    assert mall.balances(rich)["in_flight"] == 300


def test_killed_between_sending_and_writing_the_sweep_does_not_pay_twice(
    app, mall, rich, bank, books, noon
):
    cash_out = mall.asked(rich, 300)
    with app.app_context(), transaction():
        payment = settlement.begin_sending(county_id=COUNTY, cash_out_id=cash_out.id, at=noon())
    bank.submit(payment)
    # The process dies here: the bank has it, and nobody wrote that down.

    states = sweep_until_settled(app, mall, cash_out, noon)

    assert states[-1] == "settled"
    assert paid_fen(books) == {cash_out.payment_id: 300}


def sweep_until_settled(app, mall, cash_out, noon, minutes=30):
    """Let the clock run and do what the sweep finds, minute by minute."""
    states = []
    for _ in range(minutes):
        noon.move(minutes=1)
        with app.app_context():
            due = list(jobs.queries.due_cash_outs(clock.now(), limit=10))
        for _county_id, cash_out_id in due:
            assert cash_out_id == cash_out.id
            states.append(mall.go_on(cash_out))
        if states and states[-1] is CashOutState.SETTLED:
            return states
    raise AssertionError(f"not settled: {states}")


def test_a_merchant_suspended_meanwhile_is_paid_when_reinstated(
    given, mall, rich, bank, books, noon
):
    admin = given.staff(Role.COUNTY_ADMIN, given.county())
    url = f"/api/v1/merchants/{rich.merchant_id}/suspension"
    cash_out = mall.asked(rich, 300)

    admin.post(url)
    assert mall.go_on(cash_out) is CashOutState.CREATED
    assert books.payments() == []
    assert mall.cash_out(cash_out.id).due_at == noon() + timedelta(hours=1)
    assert mall.balances(rich)["shop"] == 200
    proposed = admin.delete(url)
    agree(given.staff(Role.COUNTY_ADMIN, given.county()), proposed.json["id"])

    assert mall.go_on(cash_out) is CashOutState.ACCEPTED


def test_the_sweep_hands_what_is_due_to_the_queue(app, mall, rich, noon):
    cash_out = mall.asked(rich, 300)
    with app.app_context():
        queue(BANK_QUEUE).empty()
        jobs.go_on_with_due()
        queued = [(job.func_name, job.args) for job in queue(BANK_QUEUE).get_jobs()]

    assert queued == [("mall.settlement.jobs.go_on", [str(COUNTY), str(cash_out.id)])]


def test_asking_puts_the_job_on_the_queue(app, mall, rich):
    cash_out = mall.asked(rich, 300)

    with app.app_context():
        queued = [(job.func_name, job.args) for job in queue(BANK_QUEUE).get_jobs()]
    assert queued == [("mall.settlement.jobs.go_on", [str(COUNTY), str(cash_out.id)])]


def test_without_a_bank_nothing_is_marked_as_sent(app, mall, rich, monkeypatch):
    from dataclasses import replace

    from app import outside
    from app.outside.bank import BankNotConfigured

    cash_out = mall.asked(rich, 300)
    monkeypatch.setitem(app.extensions, "clients", None)
    outside.init_app(
        app, replace(app.config["SETTINGS"], bank_api_base=""), app.extensions["redis"]
    )

    with pytest.raises(BankNotConfigured):
        mall.go_on(cash_out)

    assert mall.state(cash_out) is CashOutState.CREATED


def test_a_refusal_that_comes_after_the_statement_changes_nothing(app, mall, rich, noon):
    cash_out = mall.asked(rich, 300)
    with app.app_context():
        with transaction():
            settlement.begin_sending(county_id=COUNTY, cash_out_id=cash_out.id, at=noon())
        for answer in (PaymentState.SETTLED, PaymentState.REJECTED):
            with transaction():
                settlement.record_answer(
                    county_id=COUNTY,
                    cash_out_id=cash_out.id,
                    answer=PaymentStatus(answer, "reason"),
                    at=noon(),
                )

    assert mall.state(cash_out) is CashOutState.SETTLED
    assert mall.balances(rich)["in_flight"] == 300


def test_the_gateway_of_the_tests_is_the_real_one(bank, faults):
    faults.add(Fault("query", "500"))

    with pytest.raises(OutcomeUnknown):
        bank.query("0" * 32)
    assert bank.query("0" * 32).state is PaymentState.NOT_FOUND
