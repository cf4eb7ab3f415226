"""Taking a sale back: at once by who weighed it, with the seller; later by two people."""

from datetime import datetime, timedelta
from uuid import UUID

from app.kernel import spoken_codes
from app.points import ledger
from app.recycling.sales import codes, queries, rows
from app.recycling.sales.errors import (
    NothingToReverse,
    SaleNotFound,
    SaleUndone,
    VoidNeedsSeller,
)
from app.recycling.sales.models import Sale, SaleState
from app.recycling.sales.notices import SALE_VOIDED
from app.register.identity.caller import Caller

VOID_WITHIN = timedelta(minutes=15)


def code(*, sale_id: UUID, by: Caller) -> str:
    """The digits that let who weighed a sale of the caller's household take it back.

    Raises:
        SaleNotFound: the household sold none such.
    """
    sale = queries.sale(by.county_id, sale_id)
    if sale.household_id != by.household_id:
        raise SaleNotFound()
    return spoken_codes.digits(codes.PURPOSE, by.county_id, sale.id)


def void(*, sale_id: UUID, because: str, code: str | None, by: Caller, at: datetime) -> Sale:
    """Take a sale back while the seller stands there: only who weighed it may, with the ``code``
    that the seller reads from their phone. The household is told, and reads ``because``.

    One that nobody has said yes to yet needs no code: nothing has moved.

    Raises:
        SaleNotFound: none that the caller weighed.
        SaleUndone: it was taken back before.
        VoidNeedsSeller: no code, a wrong one, or too late; two people can reverse it.
        TooManyWrongCodes, CodeUnavailable: a code was typed.
        SalePointsSpent: the household has spent its points.
    """
    with codes.TRIES.unless(VoidNeedsSeller, by.user_id):
        sale = rows.locked_sale(by.county_id, sale_id)
        if sale is None or sale.weighed_by != by.user_id:
            raise SaleNotFound()
        if sale.state is SaleState.AWAITING_YES:
            return _withdrawn(sale, because, at)
        if sale.state is not SaleState.PAID:
            raise SaleUndone()
        is_late = at >= sale.paid_at + VOID_WITHIN
        if is_late or code is None or not _is_right(sale, code):
            raise VoidNeedsSeller(minutes=VOID_WITHIN.seconds // 60)
    sale.state, sale.undone_at, sale.undone_because = SaleState.VOID, at, because
    rows.trace("sales.void", sale, by.user_id, at)
    rows.tell(SALE_VOIDED, sale, at)
    rows.take_back(sale, ledger.TransferKind.VOID, f"sale_void:{sale.id}", at)
    return sale


def check_reversible(sale: Sale) -> None:
    """Raises SaleUndone or NothingToReverse when it cannot be reversed."""
    if sale.state is not SaleState.PAID:
        raise SaleUndone()
    if not sale.points:
        raise NothingToReverse()


def reverse(*, county_id: int, sale_id: UUID, because: str, at: datetime) -> None:
    """Give the price of a sale back to the recycler; the household reads ``because``.

    Its bonuses are awards: whoever reverses the sale reverses them too.

    Raises:
        SaleNotFound, SaleUndone, NothingToReverse: there is nothing to reverse.
        SalePointsSpent: the household has spent its points.
        ledger.AccountFrozen: an account of the household is frozen.
    """
    sale = rows.locked_sale(county_id, sale_id)
    if sale is None:
        raise SaleNotFound()
    check_reversible(sale)
    sale.state, sale.undone_at, sale.undone_because = SaleState.REVERSED, at, because
    rows.take_back(sale, ledger.TransferKind.REVERSAL, f"sale_reversal:{sale.id}", at)


def _is_right(sale: Sale, typed: str) -> bool:
    return spoken_codes.are_of(codes.PURPOSE, sale.county_id, sale.id, typed)


def _withdrawn(sale: Sale, because: str, at: datetime) -> Sale:
    sale.state, sale.undone_at, sale.undone_because = SaleState.DECLINED, at, because
    rows.trace("sales.withdraw", sale, sale.weighed_by, at)
    return sale
