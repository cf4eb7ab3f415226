"""Payment files out and result files in, for a bank that takes files."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from app import outside
from app.kernel import audit, clock
from app.kernel.db import db
from app.outside.bank import desk
from app.register import trust
from mall.merchants import queries as merchants
from mall.merchants.models import Shop
from mall.settlement import queries
from mall.settlement.errors import BatchAnswered, BatchMadeAnew
from mall.settlement.models import CashOut, CashOutState
from mall.settlement.service.hints import hint
from mall.settlement.service.outcomes import locked_cash_out


def export_batch(*, county_id: int, made_by: UUID | None, at: datetime) -> desk.BankBatch:
    """Put all payments of the county that wait for the bank into one payment file.

    Raises:
        app.outside.bank.BankTakesNoFiles, app.outside.bank.desk.NothingToPay,
        app.outside.bank.desk.FileNotWhole.
    """
    batch = desk.make_batch(outside.bank_desk(), county_id=county_id, made_by=made_by, at=at)
    audit.record(
        "settlement.export_batch",
        county_id=county_id,
        actor_id=made_by,
        subject=("bank_batch", batch.id),
        at=at,
        count=batch.order_count,
        total_fen=batch.total_fen,
        sha256=batch.file_digest.hex(),
    )
    return batch


def check_withdrawal(county_id: int, batch_id: UUID) -> None:
    """Refuse to withdraw a payment file that the bank has, or that was made anew already.

    Raises:
        app.outside.bank.desk.BatchNotFound: the county has none such.
        BatchAnswered: the bank has answered, so that it was sent.
        BatchMadeAnew: once is all.
    """
    batch = desk.batch(county_id, batch_id)
    # Who withdraws it locks its payments first, and takes them out of it.
    orders = desk.orders_of(batch)
    if not orders or any(order.is_made_anew for order in orders):
        raise BatchMadeAnew()
    if any(order.state is not desk.OrderState.ACCEPTED for order in orders):
        raise BatchAnswered()


def import_results(
    *, county_id: int, content: bytes, received_by: UUID | None, at: datetime
) -> desk.ResultsTaken:
    """Take in the bank's result file; cash-outs with a new word of the bank are due at once.

    A file that is not beyond doubt goes to quarantine and moves nothing.

    Raises:
        app.outside.bank.BankTakesNoFiles: the bank is asked directly.
        app.outside.bank.desk.BatchNotFound: it is about another county's batch.
        app.outside.bank.files.BadResults: the file cannot be read.
    """
    taken = desk.take_results(
        outside.bank_desk(), content, county_id=county_id, received_by=received_by, at=at
    )
    if taken.is_repeat:
        return taken
    audit.record(
        "settlement.import_results",
        county_id=county_id,
        actor_id=received_by,
        subject=("bank_result_file", taken.file.id),
        at=at,
        lines=taken.file.line_count,
        changed=len(taken.changed),
        problems=len(taken.file.problems),
    )
    for payment_id in taken.changed:
        hint(payment_id=payment_id, at=at)
    return taken


def confirm_refusal(
    *, county_id: int, payment_id: str, confirmed_by: UUID, at: datetime
) -> desk.BankOrder:
    """Say as the second person that the bank refused a payment: its amount is freed.

    Of one that the statements' silence has freed it says that the bank will not pay it any more:
    the merchant's cash-outs need nobody for it from then on.

    Raises:
        app.outside.bank.desk.NothingInDoubt: no payment of the county is in doubt under this id.
        SamePerson, SameHousehold, Related, Interested: ``confirmed_by`` is not beside who brought
            the file, or works at the shop.
    """
    try:
        cash_out = locked_cash_out(county_id, UUID(hex=payment_id))
    except ValueError:
        raise desk.NothingInDoubt() from None
    order = desk.in_doubt(county_id, payment_id)
    if cash_out is None:
        raise desk.NothingInDoubt()
    serving = merchants.interested_in(Shop.id == cash_out.shop_id, since=cash_out.proposed_at)
    trust.decide(
        order,
        to=desk.OrderState.REJECTED,
        by=confirmed_by,
        at=at,
        concerned=trust.Concerned(users=[*serving, *who_held(order)]),
    )
    _freed(order, at)
    return order


def still_payable(county_id: int, merchant_id: UUID) -> Sequence[desk.BankOrder]:
    """The merchant's payments that were freed, and that the bank may be given yet or has paid.

    Whoever kept their file in a drawer can take it to the bank at any time: until a person has
    asked there, nothing goes to the merchant on the word of nobody.
    """
    freed = db.session.scalars(
        select(CashOut.id).where(
            CashOut.county_id == county_id,
            CashOut.merchant_id == merchant_id,
            CashOut.state == CashOutState.REJECTED,
        )
    ).all()
    return desk.may_be_paid_yet(county_id, [one.hex for one in freed]) if freed else ()


def who_held(order: desk.BankOrder) -> list[UUID]:
    """Who made the payment file of the order, and who said that the bank refused it."""
    assert order.batch_id is not None, "what was answered was sent"
    made_by = desk.batch(order.county_id, order.batch_id).made_by
    return [who for who in (made_by, order.proposed_by) if who is not None]


def release_what_statements_deny(*, county_id: int, at: datetime) -> list[str]:
    """Free the payments in doubt that should be on a statement by now and are on none.

    The statements of the day of the doubt and of the day after are complete and chained, and no
    debit on any of them is unexplained that may be the payment. They say nothing of a file that
    reaches the bank later: ``still_payable`` asks for that. Returns the payments' ids.
    """
    until = queries.chained_until(county_id)
    if until is None:
        return []
    freed = []
    for doubtful in desk.doubts(county_id, limit=desk.DOUBTS_AT_ONCE):
        if doubtful.state is not desk.OrderState.IN_DOUBT or doubtful.doubted_at is None:
            continue
        on = clock.day_of(doubtful.doubted_at)
        days = (on, on + timedelta(days=1))
        if days[1] > until or not all(queries.is_complete(county_id, day) for day in days):
            continue
        if queries.is_named(county_id, doubtful.payment_id):
            continue
        # Banks book payments in one sum, or without our id: what is unclear denies nothing.
        if queries.may_hide(county_id, doubtful.amount_fen):
            continue
        order = desk.in_doubt(county_id, doubtful.payment_id)
        desk.believe_refusal(order)
        _freed(order, at)
        freed.append(order.payment_id)
    return freed


def _freed(order: desk.BankOrder, at: datetime) -> None:
    audit.record(
        "settlement.confirm_refusal",
        county_id=order.county_id,
        actor_id=order.decided_by,
        subject=("bank_order", UUID(hex=order.payment_id)),
        at=at,
        amount_fen=order.amount_fen,
    )
    hint(payment_id=order.payment_id, at=at)
