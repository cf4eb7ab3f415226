"""The bank behind files, as ``BankGateway``: what is submitted waits for the next payment file."""

import json
from datetime import date
from pathlib import Path

import structlog
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app.kernel import clock
from app.kernel.db import db, transaction
from app.kernel.secrets import Sealed, vault
from app.outside.bank.desk.models import BankOrder, OrderState
from app.outside.bank.files import FileFormat, Payer, is_writable
from app.outside.bank.gateway import (
    OutcomeUnknown,
    Payment,
    PaymentConflict,
    PaymentRefused,
    PaymentState,
    PaymentStatus,
    StatementNotReady,
)

log = structlog.get_logger(__name__)

PAYEE_PURPOSE = "bank_orders.payee"
STATEMENT_SUFFIXES = ("csv", "xml")
UNWRITABLE = "收款户名或开户行里有不能写进付款文件的字符，请改正收款账户后重新提现"
# What a doubtful line is to whoever asks: a refusal in doubt frees nothing.
_SAID = {
    OrderState.IN_DOUBT: PaymentState.ACCEPTED,
    OrderState.CONTRADICTED: PaymentState.SETTLED,
}


class DeskBank:
    """``BankGateway`` over files: an answer here is what the bank's last result file said.

    It is an edge, like every adapter: ``submit`` commits before it answers, so that what was
    accepted cannot be lost, and the caller must hold no transaction.
    """

    def __init__(self, file_format: FileFormat, payer: Payer, folder: Path) -> None:
        self.format = file_format
        self.payer = payer
        self.out = folder / "out"  # payment files, to be carried to the bank
        self._in = folder / "in"  # statements that the bank's program puts down

    def submit(self, payment: Payment) -> PaymentStatus:
        if not is_writable(payment):
            raise PaymentRefused(UNWRITABLE)
        content = _content(payment)
        digest = vault().digest(content, "bank_order")
        with transaction():
            db.session.execute(
                insert(BankOrder)
                .values(
                    payment_id=payment.id,
                    county_id=payment.county_id,
                    amount_fen=payment.amount_fen,
                    payee_sealed=vault().seal(content, f"{PAYEE_PURPOSE}:{payment.id}"),
                    content_digest=digest,
                    taken_at=clock.now(),
                    state=OrderState.ACCEPTED,
                )
                .on_conflict_do_nothing()
            )
            order = _order(payment.id)
        assert order is not None, "taken in just now, or before"
        if (order.county_id, order.content_digest) != (payment.county_id, digest):
            log.error("bank.payment_conflict", payment_id=payment.id)
            raise PaymentConflict()
        if order.state is OrderState.REJECTED:
            raise PaymentRefused(order.reason or "银行未说明原因")
        return PaymentStatus(PaymentState.ACCEPTED)

    def query(self, payment_id: str) -> PaymentStatus:
        order = _order(payment_id)
        if order is None:
            return PaymentStatus(PaymentState.NOT_FOUND)
        if order.batch_id is None and not is_writable(payment_of(order)):
            return PaymentStatus(PaymentState.REJECTED, UNWRITABLE)
        if order.state is OrderState.UNCLEAR:
            raise OutcomeUnknown()
        state = _SAID.get(order.state) or PaymentState(order.state.value)
        return PaymentStatus(state, order.reason, order.bank_reference, order.amount_fen)

    def statement(self, on: date) -> bytes:
        for suffix in STATEMENT_SUFFIXES:
            path = self._in / f"statement-{on.isoformat()}.{suffix}"
            if path.is_file():
                return path.read_bytes()
        raise StatementNotReady(on=on.isoformat())


def payment_of(order: BankOrder) -> Payment:
    """The payment as it was submitted."""
    try:
        told = json.loads(vault().unseal(order.payee_sealed, f"{PAYEE_PURPOSE}:{order.payment_id}"))
    except Sealed:
        # One of before was sealed for the column only.
        told = json.loads(vault().unseal(order.payee_sealed, PAYEE_PURPOSE))
    return Payment(**told, county_id=order.county_id)


def _content(payment: Payment) -> str:
    told = {name: value for name, value in vars(payment).items() if name != "county_id"}
    return json.dumps(told, sort_keys=True, ensure_ascii=False)


def _order(payment_id: str) -> BankOrder | None:
    query = select(BankOrder).where(BankOrder.payment_id == payment_id)
    return db.session.scalar(query.execution_options(populate_existing=True))
