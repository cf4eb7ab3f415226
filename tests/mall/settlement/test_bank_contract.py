"""One contract for every way to reach a bank: the same questions, the same kinds of answers."""

from dataclasses import replace
from datetime import date

import pytest

from app import outside
from app.kernel import clock
from app.kernel.db import transaction
from app.outside.bank import (
    OutcomeUnknown,
    Payment,
    PaymentConflict,
    PaymentRefused,
    PaymentState,
    StatementNotReady,
    desk,
)
from sandbox import bank_files
from sandbox.bank import statement_csv
from sandbox.bank_books import ACCOUNT, Fate
from sandbox.faults import Fault
from tests.given.factories import COUNTY
from tests.given.statements import the_statement

DAY = date(2026, 6, 1)
ID = "0123456789abcdef0123456789abcdef"
PAYMENT = Payment(
    id=ID,
    amount_fen=12_345,
    payee_name="李家小卖部",
    payee_account="6228480000000000012",
    payee_bank="分分县农村信用社",
    purpose="积分兑换结算",
    county_id=COUNTY,
)


class OverHttp:
    """The adapter ``sandbox``: the bank hears of everything at once."""

    def __init__(self, gateway, faults) -> None:
        self.gateway = gateway
        self._faults = faults

    def refuse(self, reason: str) -> None:
        self._faults.add(Fault("submit", "refuse", reason=reason))

    def answer_nonsense(self) -> None:
        self._faults.add(Fault("query", "garbage"))

    def carry(self) -> None:
        """Nothing is carried by hand."""

    def publish(self, on) -> None:
        """The bank has its statement."""


class ByFiles:
    """The adapters ``file`` and ``iso20022``: somebody carries files to the bank and back."""

    def __init__(self, gateway, books, folder, results, statement) -> None:
        self.gateway = gateway
        self._books = books
        self._folder = folder
        self._results = results
        self._statement = statement
        self._fate = Fate()
        self._spoil = lambda content: content

    def refuse(self, reason: str) -> None:
        self._fate = Fate(refusal=reason)

    def answer_nonsense(self) -> None:
        self._spoil = lambda content: content.replace(
            "成功".encode("gb18030"), "如愿".encode("gb18030")
        ).replace(b"ACSC", b"XXXX")

    def carry(self) -> None:
        """Take the payments to the bank, and its results back."""
        with transaction():
            batch = desk.make_batch(self.gateway, county_id=COUNTY, made_by=None, at=clock.now())
        told = bank_files.read_payments(desk.content_of(batch))
        bank_files.take(self._books, told, {order.payment_id: self._fate for order in told.orders})
        with transaction():
            taken = desk.take_results(
                self.gateway,
                self._spoil(self._results(self._books, told)),
                county_id=COUNTY,
                received_by=None,
                at=clock.now(),
            )
        assert taken.file.problems == []
        with transaction():  # and a second person says so too
            for order in desk.doubts(COUNTY, limit=9):
                desk.believe_refusal(order)

    def publish(self, on) -> None:
        (self._folder / "in").mkdir(parents=True, exist_ok=True)
        name, written = self._statement(on, *self._books.day(on))
        (self._folder / "in" / name).write_bytes(written)


@pytest.fixture(params=["sandbox", "file", "iso20022"])
def adapter(request, app, given, books, faults, tmp_path, monkeypatch):
    """Each adapter as the configuration gives it, with the stand-in bank behind it."""
    given.county()
    if request.param == "sandbox":
        gateway = request.getfixturevalue("bank")
        with app.app_context():
            yield OverHttp(gateway, faults)
        return
    settings = replace(
        app.config["SETTINGS"],
        home=str(tmp_path),
        bank_adapter=request.param,
        bank_payer_name="分分县垃圾分类积分专户",
        bank_payer_account=ACCOUNT,
        bank_payer_bank="分分县农村信用社",
    )
    monkeypatch.setitem(app.extensions, "clients", None)
    outside.init_app(app, settings, app.extensions["redis"])
    books.deposit(1_000_000, name="财政局", account="9901010100000026", purpose="补助")
    formats = {
        "file": (
            bank_files.results_csv,
            lambda on, *day: (f"statement-{on}.csv", statement_csv(on, *day).encode("gb18030")),
        ),
        "iso20022": (
            bank_files.results_xml,
            lambda on, *day: (f"statement-{on}.xml", bank_files.statement_xml(on, *day)),
        ),
    }
    with app.app_context():
        yield ByFiles(outside.bank(), books, tmp_path / "bank", *formats[request.param])


def test_a_payment_that_is_taken_is_accepted(adapter):
    assert adapter.gateway.submit(PAYMENT).state is PaymentState.ACCEPTED


def test_a_payment_settles_with_its_booking(adapter, books):
    adapter.gateway.submit(PAYMENT)
    adapter.carry()
    books.advance(1)

    status = adapter.gateway.query(ID)

    assert status.state is PaymentState.SETTLED
    assert status.amount_fen == 12_345
    assert books.payments()[0]["paid_fen"] == 12_345


def test_the_same_id_again_is_answered_again_and_paid_once(adapter, books):
    first = adapter.gateway.submit(PAYMENT)

    again = adapter.gateway.submit(PAYMENT)
    adapter.carry()
    later = adapter.gateway.submit(PAYMENT)

    assert first.state is again.state is later.state is PaymentState.ACCEPTED
    assert [(p["payment_id"], p["amount_fen"]) for p in books.payments()] == [(ID, 12_345)]


@pytest.mark.parametrize(
    "other",
    [
        {"amount_fen": 12_346},
        {"payee_account": "6228480000000000020"},
        {"payee_name": "别人"},
    ],
    ids=lambda other: next(iter(other)),
)
def test_the_same_id_with_another_content_is_a_conflict_and_changes_nothing(adapter, books, other):
    adapter.gateway.submit(PAYMENT)

    with pytest.raises(PaymentConflict):
        adapter.gateway.submit(replace(PAYMENT, **other))
    adapter.carry()

    assert [(p["payment_id"], p["amount_fen"]) for p in books.payments()] == [(ID, 12_345)]


def test_a_refusal_is_told_with_its_reason_and_pays_nothing(adapter, books):
    adapter.refuse("户名与账号不符")

    def submitted_until_carried() -> None:
        adapter.gateway.submit(PAYMENT)  # asked directly, the bank refuses here
        adapter.carry()
        adapter.gateway.submit(PAYMENT)

    with pytest.raises(PaymentRefused) as refused:
        submitted_until_carried()
    asked = adapter.gateway.query(ID)

    assert refused.value.reason == "户名与账号不符"
    assert (asked.state, asked.reason) == (PaymentState.REJECTED, "户名与账号不符")
    assert books.payments()[0]["paid_fen"] == 0


def test_a_payment_that_nobody_gave_is_not_found(adapter):
    assert adapter.gateway.query("f" * 32).state is PaymentState.NOT_FOUND


def test_an_answer_that_nobody_understands_is_unknown_and_heals(adapter):
    adapter.gateway.submit(PAYMENT)
    adapter.answer_nonsense()
    adapter.carry()

    with pytest.raises(OutcomeUnknown):
        adapter.gateway.query(ID)
    assert adapter.gateway.submit(PAYMENT).state is PaymentState.ACCEPTED


def test_the_statement_of_a_day_shows_the_payment(adapter, books):
    adapter.gateway.submit(PAYMENT)
    adapter.carry()
    books.advance(1)
    adapter.publish(DAY)

    statement = the_statement(adapter.gateway.statement(DAY))

    assert (statement.account, statement.on) == (ACCOUNT, DAY)
    assert (statement.opening_fen, statement.closing_fen) == (0, 1_000_000 - 12_345)
    deposit, paid = statement.lines
    assert (deposit.amount_fen, deposit.payment_id, deposit.purpose) == (1_000_000, None, "补助")
    assert (paid.amount_fen, paid.payment_id) == (-12_345, ID)
    assert (paid.counterparty_name, paid.counterparty_account) == (
        "李家小卖部",
        "6228480000000000012",
    )


def test_a_return_on_the_statement_says_that_it_is_one(adapter, books):
    adapter.gateway.submit(PAYMENT)
    adapter.carry()
    books.advance(1)
    books.send_back(ID, "收款账户已销户")
    adapter.publish(DAY)

    back = the_statement(adapter.gateway.statement(DAY)).lines[-1]

    assert (back.amount_fen, back.payment_id, back.purpose) == (12_345, ID, "退汇：收款账户已销户")


def test_a_day_that_is_yet_to_come_has_no_statement(adapter):
    with pytest.raises(StatementNotReady):
        adapter.gateway.statement(date(2026, 6, 2))
