"""What was paid with a household's cards, and who stood there."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from app.kernel.db import db
from app.register.cards.models import Card
from mall.cards.models import CardUse, Proxy
from mall.merchants.models import Shop
from mall.redemption.models import Redemption, RedemptionState


@dataclass(frozen=True)
class ShownUse:
    """One use of a card: where, how much, and who stood there."""

    id: UUID
    used_at: datetime
    shop_name: str
    points: int
    state: RedemptionState
    redemption_id: UUID
    card_number: str
    proxy_id: UUID | None
    proxy_name: str | None  # none: one of the household


def uses(
    county_id: int,
    household_id: UUID,
    *,
    before: UUID | None,
    limit: int,
    proxy_id: UUID | None = None,
) -> list[ShownUse]:
    """What was paid with the household's cards, newest first, in one query."""
    query = (
        select(
            CardUse.id,
            CardUse.used_at,
            Shop.name.label("shop_name"),
            Redemption.points,
            Redemption.state,
            CardUse.redemption_id,
            Card.number.label("card_number"),
            CardUse.proxy_id,
            Proxy.name.label("proxy_name"),
        )
        .join(
            Redemption,
            (Redemption.county_id == CardUse.county_id) & (Redemption.card_use_id == CardUse.id),
        )
        .join(Shop, Shop.id == Redemption.shop_id)
        .join(Card, (Card.county_id == CardUse.county_id) & (Card.id == CardUse.card_id))
        .outerjoin(Proxy, (Proxy.county_id == CardUse.county_id) & (Proxy.id == CardUse.proxy_id))
        .where(CardUse.county_id == county_id, CardUse.household_id == household_id)
        .order_by(CardUse.id.desc())
        .limit(limit)
    )
    if proxy_id is not None:
        query = query.where(CardUse.proxy_id == proxy_id)
    if before is not None:
        query = query.where(CardUse.id < before)
    return [ShownUse(**row) for row in db.session.execute(query).mappings()]
