"""The yes to a large sale: of the household that sold it, or of a second person."""

from datetime import datetime, timedelta
from uuid import UUID

from app.recycling.sales import queries, rows
from app.recycling.sales.errors import NotAwaited, SaleNotFound
from app.recycling.sales.models import Sale, SaleState
from app.recycling.sales.service import WEIGHERS
from app.register import trust
from app.register.identity.caller import Caller
from app.register.identity.roles import Role
from app.register.regions.queries import is_inside

LAPSES_AFTER = timedelta(days=1)
SECONDS = (*WEIGHERS, Role.VILLAGE_ADMIN)  # who may agree instead of the household


def confirm(*, sale_id: UUID, by: Caller, at: datetime) -> Sale:
    """Say yes to a large sale: it is paid now, at the prices of when it was weighed.

    Raises:
        SaleNotFound: neither sold by the caller's household nor weighed where they work.
        SamePerson, SameHousehold, Related: not beside who weighed it, nor apart from who sold it.
        NotAwaited: it was answered, or nobody did so within a day.
        RecyclerOutOfMoney: what the recycler has paid in is used up; it may be tried again.
    """
    sale = _awaited(sale_id, by, at)
    sale.state, sale.answered_by, sale.answered_at = SaleState.PAID, by.user_id, at
    rows.trace("sales.confirm", sale, by.user_id, at)
    rows.pay(sale)
    return sale


def decline(*, sale_id: UUID, by: Caller, at: datetime) -> Sale:
    """Say no: nothing moves, and the goods are given back. Raises as ``confirm``."""
    sale = _awaited(sale_id, by, at)
    sale.state, sale.answered_by, sale.answered_at = SaleState.DECLINED, by.user_id, at
    sale.undone_at, sale.undone_because = at, "没有同意这次称重"
    rows.trace("sales.decline", sale, by.user_id, at)
    return sale


def lapse(*, county_id: int, sale_id: UUID, at: datetime) -> None:
    """Close a large sale that nobody answered within a day."""
    sale = rows.locked_sale(county_id, sale_id)
    if sale is None or sale.state is not SaleState.AWAITING_YES or at < sale.sold_at + LAPSES_AFTER:
        return
    sale.state, sale.undone_at, sale.undone_because = SaleState.LAPSED, at, "一天内没有人确认"
    rows.trace("sales.lapse", sale, None, at)


def _awaited(sale_id: UUID, by: Caller, at: datetime) -> Sale:
    """The sale, locked, if the caller may answer it."""
    sale = rows.locked_sale(by.county_id, sale_id)
    if sale is None:
        raise SaleNotFound()
    is_seller = sale.household_id == by.household_id
    if not is_seller and not is_inside(queries.group_of(sale), by.places(*SECONDS)):
        raise SaleNotFound()
    apart = trust.Concerned() if is_seller else trust.Concerned(households=[sale.household_id])
    trust.beside([sale.weighed_by], by.user_id, concerned=apart, at=at)
    if sale.state is not SaleState.AWAITING_YES or at >= sale.sold_at + LAPSES_AFTER:
        raise NotAwaited()
    return sale
