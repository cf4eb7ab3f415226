"""Background work of orders: what is not prepared, picked up or answered in time ends."""

from uuid import UUID

from app.kernel import clock
from app.kernel.db import transaction
from app.kernel.jobs import job, sweep, take_up
from mall.orders import fulfilment, queries, substitutes

SWEPT_AT_ONCE = 500


@job
def end_order(county_id: str, order_id: str) -> None:
    """Cancel one order if its time is over."""
    with transaction():
        fulfilment.end_if_overdue(county_id=int(county_id), order_id=UUID(order_id), at=clock.now())


@job
def end_substitutes(county_id: str, order_id: str) -> None:
    """Drop what nobody answered for in one order."""
    with transaction():
        substitutes.end_if_unanswered(
            county_id=int(county_id), order_id=UUID(order_id), at=clock.now()
        )


@sweep("*/5 * * * *")
def end_overdue() -> None:
    """Find the orders whose time is over; the ledger ends no hold by itself."""
    for county_id, order_id in queries.overdue(clock.now(), limit=SWEPT_AT_ONCE):
        take_up(end_order, str(county_id), str(order_id))


@sweep("* * * * *")
def end_unanswered() -> None:
    """Find the substitutes that nobody answered to in time."""
    for county_id, order_id in queries.unanswered(clock.now(), limit=SWEPT_AT_ONCE):
        take_up(end_substitutes, str(county_id), str(order_id))
