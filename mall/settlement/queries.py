"""Cash-outs, allotments, and what waits for a next step."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, or_, select

from app.kernel.db import db
from app.kernel.lists import Listed, Wanted, listed
from app.register.identity.caller import Caller
from app.register.identity.roles import Role
from app.register.regions.queries import inside
from mall.merchants.models import Shop
from mall.settlement.errors import CashOutNotFound
from mall.settlement.models import Allotment, CashOut, EntryClass, StatementEntry


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
    """The lines of a statement that nobody has booked, in the order of the bank's references."""
    return db.session.scalars(
        select(StatementEntry.id)
        .where(
            StatementEntry.county_id == county_id,
            StatementEntry.statement_id == statement_id,
            StatementEntry.entry_class == EntryClass.WAITING,
        )
        .order_by(StatementEntry.bank_reference)
    ).all()


def waiting_statements(at: datetime, *, limit: int) -> Sequence[tuple[int, UUID]]:
    """County and id of the statements with lines that wait since before ``at``."""
    rows = db.session.execute(
        select(StatementEntry.county_id, StatementEntry.statement_id)
        .where(StatementEntry.entry_class == EntryClass.WAITING, StatementEntry.received_at <= at)
        .distinct()
        .limit(limit)
    )
    return [(county_id, statement_id) for county_id, statement_id in rows]


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
