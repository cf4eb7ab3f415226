"""Cash-outs, allotments, and what waits for a next step."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Select, or_, select, text

from app.kernel import clock
from app.kernel.db import db
from app.kernel.lists import Listed, Wanted, listed
from app.register.identity.caller import Caller
from app.register.identity.roles import Role
from app.register.regions.queries import inside
from mall.merchants.models import Shop
from mall.settlement.errors import CashOutNotFound, StatementNotFound
from mall.settlement.models import (
    Allotment,
    BankStatement,
    CashOut,
    EntryClass,
    StatementEntry,
    StatementState,
)

# The newest day up to which every statement that counts begins where the one before ends. Of the
# files of a day the one with most lines is the day's.
_CHAINED_UNTIL = text("""
    WITH newest AS (
        SELECT DISTINCT ON (on_day) on_day, opening_fen, closing_fen
          FROM bank_statements WHERE county_id = :county_id AND state = 'confirmed'
         ORDER BY on_day, line_count DESC, imported_at DESC
    ), beside AS (
        SELECT on_day, opening_fen = lag(closing_fen, 1, opening_fen) OVER (ORDER BY on_day) AS fits
          FROM newest
    )
    SELECT max(on_day) FROM beside
     WHERE on_day < coalesce((SELECT min(on_day) FROM beside WHERE NOT fits), 'infinity')
""")


def cash_outs(by: Caller, wanted: Wanted) -> Listed[CashOut]:
    """The cash-outs that the caller may see, newest first."""
    return listed(_seen(by), CashOut, wanted, day=CashOut.proposed_at)


def cash_out(by: Caller, cash_out_id: UUID) -> CashOut:
    """One cash-out. Raises CashOutNotFound, also for one that is not the caller's to see."""
    found = db.session.scalar(_seen(by).where(CashOut.id == cash_out_id))
    if found is None:
        raise CashOutNotFound()
    return found


def allotments(county_id: int, region_ids: Collection[UUID], wanted: Wanted) -> Listed[Allotment]:
    """The allotments to villages of the regions, newest first."""
    query = select(Allotment).where(
        Allotment.county_id == county_id, Allotment.village_id.in_(inside(region_ids))
    )
    return listed(query, Allotment, wanted)


def due_cash_outs(at: datetime, *, limit: int) -> Sequence[tuple[int, UUID]]:
    """County and id of the cash-outs whose next step is due, those that wait longest first."""
    rows = db.session.execute(
        select(CashOut.county_id, CashOut.id)
        .where(CashOut.due_at <= at)
        .order_by(CashOut.due_at)
        .limit(limit)
    )
    return [(county_id, cash_out_id) for county_id, cash_out_id in rows]


def waiting_entries(county_id: int, statement_id: UUID) -> Sequence[UUID]:
    """The lines that count of a statement's day and nobody has booked: payments, then the rest.

    Also those that the day's other files brought, which may have begun to count with this one.
    """
    day = select(BankStatement.on_day).where(
        BankStatement.county_id == county_id, BankStatement.id == statement_id
    )
    return db.session.scalars(
        _to_book(county_id)
        .where(StatementEntry.booked_on == day.scalar_subquery())
        .order_by(StatementEntry.amount_fen > 0, StatementEntry.bank_reference)
    ).all()


def woken_entries(county_id: int) -> Sequence[UUID]:
    """The returns that waited for their payment to be seen leaving, and may be booked now."""
    return db.session.scalars(
        _to_book(county_id)
        .where(StatementEntry.cash_out_id.is_not(None))
        .order_by(StatementEntry.id)
    ).all()


def waiting_statements(at: datetime, *, limit: int) -> Sequence[tuple[int, UUID]]:
    """County and id of the statements with lines that are to be booked since before ``at``."""
    rows = db.session.execute(
        select(StatementEntry.county_id, StatementEntry.statement_id)
        .where(
            StatementEntry.entry_class == EntryClass.WAITING,
            StatementEntry.is_believed,
            StatementEntry.received_at <= at,
        )
        .distinct()
        .limit(limit)
    )
    return [(county_id, statement_id) for county_id, statement_id in rows]


def statements(county_id: int, wanted: Wanted) -> Listed[BankStatement]:
    """The county's statement files, newest first."""
    query = select(BankStatement).where(BankStatement.county_id == county_id)
    return listed(query, BankStatement, wanted, day=BankStatement.on_day)


def statement_lines(
    county_id: int, statement_id: UUID, *, before: UUID | None, limit: int
) -> Sequence[StatementEntry]:
    """What a statement file brought first, last line first. Raises StatementNotFound."""
    if db.session.get(BankStatement, (county_id, statement_id)) is None:
        raise StatementNotFound()
    query = select(StatementEntry).where(
        StatementEntry.county_id == county_id, StatementEntry.statement_id == statement_id
    )
    if before is not None:
        query = query.where(StatementEntry.id < before)
    return db.session.scalars(query.order_by(StatementEntry.id.desc()).limit(limit)).all()


def neighbours(statement: BankStatement) -> tuple[BankStatement | None, BankStatement | None]:
    """The statements that count of the nearest days before and after."""
    counted = select(BankStatement).where(
        BankStatement.county_id == statement.county_id,
        BankStatement.state == StatementState.CONFIRMED,
    )
    most_lines = BankStatement.line_count.desc(), BankStatement.imported_at.desc()
    before = db.session.scalars(
        counted.where(BankStatement.on_day < statement.on_day)
        .order_by(BankStatement.on_day.desc(), *most_lines)
        .limit(1)
    ).first()
    after = db.session.scalars(
        counted.where(BankStatement.on_day > statement.on_day)
        .order_by(BankStatement.on_day, *most_lines)
        .limit(1)
    ).first()
    return before, after


def chained_until(county_id: int) -> date | None:
    """The newest day for which the bank's total is believed; none before the first statement."""
    until: date | None = db.session.scalar(_CHAINED_UNTIL, {"county_id": county_id})
    return until


def is_complete(county_id: int, on: date) -> bool:
    """Whether a statement that counts was taken in after the day was over, and is booked."""
    whole = select(BankStatement.id).where(
        BankStatement.county_id == county_id,
        BankStatement.on_day == on,
        BankStatement.state == StatementState.CONFIRMED,
        BankStatement.imported_at >= clock.day_end(on),
    )
    waiting = _to_book(county_id).where(StatementEntry.booked_on == on)
    return db.session.scalar(whole) is not None and db.session.scalar(waiting) is None


def is_named(county_id: int, payment_id: str) -> bool:
    """Whether any line that counts names the payment."""
    named = select(StatementEntry.id).where(
        StatementEntry.county_id == county_id,
        StatementEntry.payment_id == payment_id,
        StatementEntry.is_believed,
    )
    return db.session.scalar(named) is not None


def may_hide(county_id: int, payment_fen: int) -> bool:
    """Whether a debit that nobody has explained may be a payment of this amount, or hold one."""
    unexplained = select(StatementEntry.id).where(
        StatementEntry.county_id == county_id,
        StatementEntry.is_believed,
        StatementEntry.cash_out_id.is_(None),
        StatementEntry.entry_class.in_([c for c in EntryClass if c.is_difference]),
        StatementEntry.amount_fen <= -payment_fen,
    )
    return db.session.scalar(unexplained.limit(1)) is not None


def _to_book(county_id: int) -> Select[UUID]:
    return select(StatementEntry.id).where(
        StatementEntry.county_id == county_id,
        StatementEntry.entry_class == EntryClass.WAITING,
        StatementEntry.is_believed,
    )


def _seen(by: Caller) -> Select[CashOut]:
    """Those of the caller's merchants, and those of the shops in their area."""
    area = inside(by.places(Role.FINANCE, Role.AUDITOR))
    return (
        select(CashOut)
        .join(Shop, Shop.id == CashOut.shop_id)
        .where(
            CashOut.county_id == by.county_id,
            or_(Shop.merchant_id.in_(by.places(Role.MERCHANT)), Shop.village_id.in_(area)),
        )
    )
