"""Which card is whose."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, select
from sqlalchemy.orm import aliased

from app.kernel.db import db
from app.kernel.secrets import masked_name
from app.register.cards.errors import CardNotFound, NoCardYet
from app.register.cards.locking import named
from app.register.cards.models import BlockReason, Card, CardState, CardStep
from app.register.households.models import Household, Member
from app.register.regions import queries as regions
from app.register.regions.models import Region


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
        NoCardYet: it has none.
    """
    found = _cards(county_id, Card.household_id == household_id, Card.state != CardState.ENDED)
    if not found:
        raise NoCardYet()
    return found[0]


def card(county_id: int, card_id: UUID) -> ShownCard:
    """A card that exists."""
    return _cards(county_id, Card.id == card_id)[0]


def pin_set_by(card: Card) -> UUID:
    """Who gave a card that pays its PIN."""
    return _step_by(card, card.step)


def printed_by(card: Card) -> UUID:
    """Who printed the card."""
    return _step_by(card, 1)


def who_printed(county_id: int, card_id: UUID) -> UUID:
    """The same, of a card by its id."""
    return printed_by(db.session.get_one(Card, (county_id, card_id)))


def _step_by(card: Card, ordinal: int) -> UUID:
    return db.session.scalars(
        select(CardStep.by).where(
            CardStep.county_id == card.county_id,
            CardStep.card_id == card.id,
            CardStep.ordinal == ordinal,
        )
    ).one()


def step(county_id: int, card_id: UUID) -> int:
    """How many steps the card has taken: another one, and it stands elsewhere."""
    found = db.session.scalars(
        select(Card.step).where(Card.county_id == county_id, Card.id == card_id)
    )
    return found.one()


def with_cards(county_id: int, household_ids: Collection[UUID]) -> set[UUID]:
    """Which of the households have a card that was handed over and has not ended."""
    rows = select(Card.household_id).where(
        Card.county_id == county_id,
        Card.household_id.in_(household_ids),
        Card.state.in_([CardState.ACTIVE, CardState.BLOCKED]),
    )
    return set(db.session.scalars(rows))


def has_card(county_id: int, is_so: bool) -> ColumnElement[bool]:
    """Households of the county that have a card that has not ended; or those that have none."""
    having = exists().where(
        Card.county_id == county_id,
        Card.household_id == Household.id,
        Card.state != CardState.ENDED,
    )
    return having if is_so else ~having


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
        which.append(Household.door_number.icontains(door, autoescape=True))
    if number is not None:
        which.append(Card.number == number)
    if before is not None:
        which.append(Card.id < before)
    return _cards(county_id, *which, limit=limit)


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
