"""Payments of which a file says that the bank refused them, until somebody else says so too.

Statements that show nothing free the amount of such a payment. They do not show that the payment
file is no longer in somebody's drawer: it stays listed until a person has asked the bank.
"""

from collections.abc import Collection, Sequence

import structlog
from sqlalchemy import select

from app.kernel.db import db, locked
from app.kernel.errors import NotFound
from app.outside.bank.desk.models import BankOrder, BankResultFile, OrderState

log = structlog.get_logger(__name__)

DOUBTS_AT_ONCE = 500
# Called refused by one file, and nobody but the statements' silence agrees.
_ONLY_DENIED = (
    (BankOrder.state == OrderState.REJECTED)
    & BankOrder.doubted_at.is_not(None)
    & BankOrder.decided_by.is_(None)
)


class NothingInDoubt(NotFound):
    code = "bank.nothing_in_doubt"
    message = "没有找到这笔待核实的付款，可能已经处理过了，请刷新后查看"


def doubts(county_id: int, *, limit: int) -> Sequence[BankOrder]:
    """The county's payments in doubt, those that only statements deny, and those whose doubt was
    wrong, newest first."""
    is_shown = BankOrder.state.in_([OrderState.IN_DOUBT, OrderState.CONTRADICTED]) | _ONLY_DENIED
    return db.session.scalars(
        select(BankOrder)
        .where(BankOrder.county_id == county_id, is_shown)
        .order_by(BankOrder.doubted_at.desc(), BankOrder.payment_id)
        .limit(limit)
    ).all()


def in_doubt(county_id: int, payment_id: str) -> BankOrder:
    """The payment that wants a person's word, locked. Raises NothingInDoubt."""
    order = _locked(county_id, payment_id)
    if order is None or not order.is_open:
        raise NothingInDoubt()
    return order


def may_be_paid_yet(county_id: int, payment_ids: Collection[str]) -> Sequence[BankOrder]:
    """Of payments that count as refused, those that the bank may be given yet, or has paid since.

    Only the statements' silence freed them, or a statement shows them after all.
    """
    return db.session.scalars(
        select(BankOrder).where(
            BankOrder.county_id == county_id,
            BankOrder.payment_id.in_(payment_ids),
            _ONLY_DENIED | (BankOrder.state == OrderState.CONTRADICTED),
        )
    ).all()


def believe_refusal(order: BankOrder) -> None:
    """The bank refused it indeed: its statements say so."""
    order.state = OrderState.REJECTED


def contradict_refusal(county_id: int, payment_id: str) -> None:
    """The bank's statement shows the payment: a file that said otherwise goes to quarantine."""
    order = _locked(county_id, payment_id)
    if order is None or order.state not in {OrderState.IN_DOUBT, OrderState.REJECTED}:
        return
    order.state = OrderState.CONTRADICTED
    log.error("bank.refusal_contradicted", payment_id=payment_id)
    file = db.session.get(BankResultFile, order.doubted_in) if order.doubted_in else None
    if file is not None:
        told = {
            "row": None,
            "payment_id": payment_id,
            "problem": "文件说这笔付款失败，银行的对账单却显示已经付出，请查清文件的来历",
        }
        file.is_quarantined, file.problems = True, [*file.problems, told]


def _locked(county_id: int, payment_id: str) -> BankOrder | None:
    query = select(BankOrder).where(
        BankOrder.county_id == county_id, BankOrder.payment_id == payment_id
    )
    return db.session.scalar(locked(query))
