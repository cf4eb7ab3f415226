"""A funder adds only to prices that stood on the shelf, and nothing to an invented one."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from app.kernel.units import yuan_text
from mall.campaigns.errors import PriceNotOnShelf, PriceTooFresh
from mall.catalogue.prices import Charged, shelf_prices


def why_not(
    shop_id: UUID, charged: Sequence[Charged], *, price_fen: int, at: datetime
) -> PriceNotOnShelf | PriceTooFresh | None:
    """Why no campaign pays for these goods; none if each is on the shop's shelf at a price that
    stood for seven days, or at a lower one. ``price_fen`` is what all cost without a campaign."""
    told = {"price_fen": price_fen, "price_yuan": yuan_text(price_fen)}
    goods_ids = [one.goods_id for one in charged if one.goods_id is not None]
    if not charged or len(goods_ids) < len(charged):
        return PriceNotOnShelf(**told)
    prices = shelf_prices(shop_id, goods_ids, at=at)
    for one in charged:
        shelf = prices.get(one.goods_id) if one.goods_id else None
        if shelf is None or one.price_fen > shelf.market_price_fen:
            return PriceNotOnShelf(**told)
        if shelf.stood_fen is None or one.price_fen > shelf.stood_fen:
            return PriceTooFresh(**told)
        if shelf.stood_points is None or (one.points_price or 0) > shelf.stood_points:
            return PriceTooFresh(**told)
    return None
