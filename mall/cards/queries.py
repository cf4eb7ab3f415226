"""Which card is whose, who may buy with it, and what was bought."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, select
from sqlalchemy.orm import aliased

from app.kernel.db import db
from app.kernel.secrets import masked_name, masked_phone, vault
from app.register.households.models import Binding, Household, Member
from app.register.regions import queries as regions
from app.register.regions.models import Region
from mall.cards.errors import CardNotFound, NotHelped
from mall.cards.locking import named
from mall.cards.models import BlockReason, Card, CardState, CardUse, Proxy
from mall.merchants.models import Shop
from mall.redemption.models import Redemption, RedemptionState


@dataclass(frozen=True)
class ShownCard:
    """A card as those read it who may block it or hand it over."""

    id: UUID
    household_id: UUID
    number: str
    state: CardState
    block_reason: BlockReason | None
    wrong_pins: int
    printed_at: datetime
    group: str
    door_number: str
    head: str  # masked


@dataclass(frozen=True)
class Buyer:
    """A proxy as the clerk picks them."""

    proxy_id: UUID
    name: str  # masked


@dataclass(frozen=True)
class PresentedCard:
    """What a clerk sees of a card before the customer types the PIN."""

    state: CardState
    head: str  # masked
    proxies: Sequence[Buyer]


@dataclass(frozen=True)
class ShownProxy:
    """A proxy as its household and the worker read it."""

    id: UUID
    name: str
    phone: str  # masked
    first_on: date
    last_on: date
    day_points_max: int
    named_at: datetime
    ended_at: datetime | None


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


def is_in_force(day: date) -> ColumnElement[bool]:
    """Whether a proxy may buy on the day."""
    return and_(Proxy.ended_at.is_(None), Proxy.first_on <= day, Proxy.last_on >= day)


def household_of(county_id: int, text: str) -> UUID:
    """Whose card was scanned or its number typed; a blocked card still says whose it is.

    Raises:
        CardNumberMistyped, CardNotFound: no card that has not ended.
    """
    found = db.session.scalar(
        select(Card.household_id).where(named(county_id, text), Card.state != CardState.ENDED)
    )
    if found is None:
        raise CardNotFound()
    return found


def current_card(county_id: int, household_id: UUID) -> ShownCard:
    """The household's card.

    Raises:
        CardNotFound: it has none.
    """
    found = _cards(county_id, Card.household_id == household_id, Card.state != CardState.ENDED)
    if not found:
        raise CardNotFound()
    return found[0]


def card(county_id: int, card_id: UUID) -> ShownCard:
    """A card that exists."""
    return _cards(county_id, Card.id == card_id)[0]


def cards(
    county_id: int,
    places: Collection[UUID],
    *,
    before: UUID | None,
    limit: int,
    door: str | None = None,
    number: str | None = None,
    state: CardState | None = None,
) -> list[ShownCard]:
    """The cards of households in the places, newest first, in one query.

    Those that have ended are shown only to who asks for that state.
    """
    which: list[ColumnElement[bool]] = [Household.group_id.in_(regions.inside(list(places)))]
    which.append(Card.state == state if state else Card.state != CardState.ENDED)
    if door is not None:
        which.append(Household.door_number.contains(door, autoescape=True))
    if number is not None:
        which.append(Card.number == number)
    if before is not None:
        which.append(Card.id < before)
    return _cards(county_id, *which, limit=limit)


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


def proxies(
    county_id: int, household_id: UUID, *, before: UUID | None, limit: int
) -> list[ShownProxy]:
    """Everybody whom the household has named, newest first, those that ended included."""
    query = select(Proxy).where(Proxy.county_id == county_id, Proxy.household_id == household_id)
    if before is not None:
        query = query.where(Proxy.id < before)
    return [
        shown_proxy(row) for row in db.session.scalars(query.order_by(Proxy.id.desc()).limit(limit))
    ]


def shown_proxy(proxy: Proxy) -> ShownProxy:
    """The proxy with a masked phone number."""
    return ShownProxy(
        id=proxy.id,
        name=proxy.name,
        phone=masked_phone(vault().unseal(proxy.phone_sealed, "proxies.phone")),
        first_on=proxy.first_on,
        last_on=proxy.last_on,
        day_points_max=proxy.day_points_max,
        named_at=proxy.named_at,
        ended_at=proxy.ended_at,
    )


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


def is_inside(county_id: int, household_id: UUID, places: Collection[UUID]) -> bool:
    """Whether the household lies in the places."""
    lies_there = exists().where(
        Household.county_id == county_id,
        Household.id == household_id,
        Household.group_id.in_(regions.inside(list(places))),
    )
    return bool(db.session.scalar(select(lies_there)))


def check_helped(county_id: int, household_id: UUID, liaison_id: UUID) -> None:
    """Whether a liaison may send a photo for the household: it is theirs, and has nobody who acts
    for it on a phone, or lives by its card.

    Raises:
        NotHelped: it is not.
    """
    is_bound = exists().where(Binding.household_id == Household.id, Binding.ended_at.is_(None))
    has_card = exists().where(
        Card.county_id == county_id,
        Card.household_id == Household.id,
        Card.state == CardState.ACTIVE,
    )
    may = exists().where(
        Household.county_id == county_id,
        Household.id == household_id,
        Household.liaison_id == liaison_id,
        ~is_bound | has_card,
    )
    if not db.session.scalar(select(may)):
        raise NotHelped()


def _cards(county_id: int, *which: ColumnElement[bool], limit: int = 1) -> list[ShownCard]:
    rows = db.session.execute(
        _rows().where(Card.county_id == county_id, *which).order_by(Card.id.desc()).limit(limit)
    ).mappings()
    return [ShownCard(**{**row, "head": masked_name(row["head"])}) for row in rows]


def _rows() -> Select[*tuple[Any, ...]]:
    group = aliased(Region)
    return (
        select(
            Card.id,
            Card.household_id,
            Card.number,
            Card.state,
            Card.block_reason,
            Card.wrong_pins,
            Card.printed_at,
            group.name.label("group"),
            Household.door_number,
            Member.name.label("head"),
        )
        .join(Household, Household.id == Card.household_id)
        .join(group, group.id == Household.group_id)
        .join(Member, and_(Member.household_id == Household.id, Member.is_head))
    )
