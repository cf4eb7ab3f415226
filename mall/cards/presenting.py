"""What a clerk sees of a card before the customer types the PIN."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import and_, select

from app.kernel.db import db
from app.kernel.secrets import masked_name
from app.register.cards.errors import CardNotFound
from app.register.cards.locking import named
from app.register.cards.models import Card, CardState
from app.register.households.models import Member
from mall.cards.buyers import is_in_force
from mall.cards.models import Proxy


@dataclass(frozen=True)
class Buyer:
    """A proxy as the clerk picks them."""

    proxy_id: UUID
    name: str  # masked


@dataclass(frozen=True)
class PresentedCard:
    """The card on the counter: whether it pays, and who may buy with it today."""

    state: CardState
    head: str  # masked
    proxies: Sequence[Buyer]


def presented(county_id: int, text: str, *, day: date) -> PresentedCard:
    """The card that lies on the counter, and who may buy with it today.

    Raises:
        CardNumberMistyped, CardNotFound: no card that has not ended.
    """
    row = db.session.execute(
        select(Card.household_id, Card.state, Member.name)
        .join(Member, and_(Member.household_id == Card.household_id, Member.is_head))
        .where(named(county_id, text), Card.state != CardState.ENDED)
    ).one_or_none()
    if row is None:
        raise CardNotFound()
    buyers = db.session.execute(
        select(Proxy.id, Proxy.name)
        .where(
            Proxy.county_id == county_id,
            Proxy.household_id == row.household_id,
            is_in_force(day),
        )
        .order_by(Proxy.id)
    )
    return PresentedCard(
        state=row.state,
        head=masked_name(row.name),
        proxies=[Buyer(id_, masked_name(name)) for id_, name in buyers],
    )
