"""A sale under its lock, its payment and its trace: what all that is done to one has in common."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from app.kernel import audit
from app.kernel.db import db, locked
from app.kernel.ids import derived_uuid7
from app.messages import notices
from app.messages.notices import NoticeKind
from app.points import ledger
from app.recycling.sales.errors import RecyclerOutOfMoney, SalePointsSpent
from app.recycling.sales.models import Sale
from app.register.households.locking import lock_households


def locked_sale(county_id: int, sale_id: UUID) -> Sale | None:
    """The sale, after its household: whoever decides about its points takes turns there."""
    household_id = db.session.scalar(
        select(Sale.household_id).where(Sale.county_id == county_id, Sale.id == sale_id)
    )
    if household_id is None:
        return None
    lock_households([household_id])
    return db.session.scalar(
        locked(select(Sale).where(Sale.county_id == county_id, Sale.id == sale_id))
    )


def pay(sale: Sale) -> None:
    """Move its price from the recycler to the household. Raises RecyclerOutOfMoney."""
    if not sale.points:
        return
    reference = f"sale:{sale.id}"
    sale.transfer_id = derived_uuid7(sale.paid_at, reference)
    db.session.flush()
    try:
        ledger.post(
            county_id=sale.county_id,
            reference=reference,
            decided_at=sale.paid_at,
            kind=ledger.TransferKind.SALE,
            debit=ledger.recycler(sale.recycler_id),
            credit=ledger.household(sale.household_id),
            amount=sale.points,
        )
    except ledger.InsufficientPoints as short:
        raise RecyclerOutOfMoney(**short.missing_money()) from None


def take_back(sale: Sale, kind: ledger.TransferKind, reference: str, at: datetime) -> None:
    """Move its price from the household to the recycler. Raises SalePointsSpent."""
    if not sale.points:
        return
    db.session.flush()
    try:
        ledger.post(
            county_id=sale.county_id,
            reference=reference,
            decided_at=at,
            kind=kind,
            debit=ledger.household(sale.household_id),
            credit=ledger.recycler(sale.recycler_id),
            amount=sale.points,
        )
    except ledger.InsufficientPoints as short:
        raise SalePointsSpent(missing=short.missing) from None


def tell(kind: NoticeKind, sale: Sale, at: datetime) -> None:
    """Tell the household about its sale."""
    told = notices.ToHousehold(
        household_id=sale.household_id, topic=str(sale.id), details={"points": sale.points}
    )
    notices.tell(kind, [told], county_id=sale.county_id, at=at)


def trace(action: str, sale: Sale, actor_id: UUID | None, at: datetime) -> None:
    audit.record(
        action,
        county_id=sale.county_id,
        actor_id=actor_id,
        subject=("sale", sale.id),
        at=at,
        points=sale.points,
        household_id=sale.household_id,
        recycler_id=str(sale.recycler_id),
    )
