"""A shop's account on one screen: what it has, what it may still ask for today, what waits."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text

from app.kernel import clock
from app.kernel.db import db
from app.points import ledger
from mall.campaigns import queries as campaigns
from mall.merchants import queries as merchants
from mall.merchants.models import Shop
from mall.orders import queries as orders
from mall.redemption import queries as redemption
from mall.settlement import service as settlement


@dataclass(frozen=True)
class Account:
    """All amounts in fen."""

    balance_fen: int
    held_fen: int
    available_fen: int
    today_count: int
    today_points: int
    today_subsidy_fen: int
    # For a cash-out: how much may be asked for today, and why none can be just now.
    day_limit_left_fen: int | None  # none: as much as there is
    frozen_until: datetime | None
    why_not: str | None
    orders_open: int
    orders_to_hand_out: int
    substitutes_unanswered: int


_WAITING = text("""
    SELECT count(*) FILTER (WHERE o.state IN ('placed', 'preparing')) AS open,
           count(*) FILTER (WHERE o.state IN ('ready', 'on_the_way')) AS ready,
           (SELECT count(*) FROM order_lines l
              JOIN orders p ON p.county_id = l.county_id AND p.id = l.order_id
             WHERE l.county_id = :county AND l.state = 'offered' AND p.shop_id = :shop) AS offered
      FROM orders o
     WHERE o.county_id = :county AND o.shop_id = :shop AND o.ended_at IS NULL
""")


def account(shop: Shop, *, at: datetime) -> Account:
    """The account of a shop that the caller serves."""
    on = clock.day_of(at)
    balance = ledger.balance(shop.county_id, ledger.shop(shop.id))
    taken = redemption.shop_takings_on(shop.county_id, shop.id, on)
    handed_over = orders.shop_day(shop.county_id, shop.id, on)
    merchant = merchants.merchant(shop.county_id, shop.merchant_id)
    payable = settlement.payable(merchant, at=at)
    waiting = db.session.execute(_WAITING, {"county": shop.county_id, "shop": shop.id}).one()
    return Account(
        balance_fen=balance.posted,
        held_fen=balance.held,
        available_fen=balance.available,
        today_count=taken.count + handed_over.count,
        today_points=taken.points + handed_over.points,
        today_subsidy_fen=campaigns.shop_subsidies_on(shop.county_id, shop.id, on),
        day_limit_left_fen=payable.day_left_fen,
        frozen_until=payable.frozen_until,
        why_not=payable.why_not,
        orders_open=waiting.open,
        orders_to_hand_out=waiting.ready,
        substitutes_unanswered=waiting.offered,
    )
