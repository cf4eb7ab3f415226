"""Handing cards over in person, counting wrong PINs, and blocking."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, select

from app.kernel.db import db
from app.register.cards import pins
from app.register.cards.errors import CardNotFound, PinsDiffer, ReceiverNotOfHousehold
from app.register.cards.locking import locked_card, locked_cards
from app.register.cards.models import WRONG_PINS_MAX, BlockReason, Card, CardState
from app.register.cards.pins import KeptPin
from app.register.cards.queries import printed_by
from app.register.cards.states import Receiver, move_to
from app.register.households.models import Household, Member
from app.register.identity.caller import Caller
from app.register.identity.roles import Role
from app.register.regions import queries as regions

WORKERS = (Role.VILLAGE_ADMIN, Role.TOWN_ADMIN, Role.COUNTY_ADMIN)  # may see documents
# Whoever picks up the telephone; a block too many only costs a walk to the office.
BLOCKERS = (*WORKERS, Role.GROUP_LEADER, Role.OPERATOR)


@dataclass(frozen=True)
class TypedPin:
    """A new PIN as it was typed, twice. It is never shown, not even in a traceback."""

    first: str
    again: str

    def __repr__(self) -> str:
        return "TypedPin(hidden)"


@dataclass(frozen=True)
class HandOver:
    """A card that lies on the table, and the PIN that its household has typed."""

    card_id: UUID
    household_id: UUID
    group_id: UUID
    printed_by: UUID
    pin: KeptPin


def ready_to_hand_over(*, text: str, pin: TypedPin, receiver: Receiver, by: Caller) -> HandOver:
    """A card before its household, whose document ``by`` has seen; nothing is changed yet.

    Also for a PIN that was forgotten or tried too often, and for a lost card that was found: each
    time the document is seen again.

    Raises:
        CardNumberMistyped, CardNotFound: no card in an area where ``by`` may do this.
        ReceiverNotOfHousehold: the receiver is a member of another household.
        PinsDiffer, PinTooSimple: the PIN is to be typed anew.
    """
    card = locked_card(by.county_id, text)
    _check_reach(card, by)
    if pin.first != pin.again:
        raise PinsDiffer()
    is_member = exists().where(
        Member.id == receiver.member_id, Member.household_id == card.household_id
    )
    if not db.session.scalar(select(is_member)):
        raise ReceiverNotOfHousehold()
    return HandOver(
        card.id,
        card.household_id,
        db.session.get_one(Household, card.household_id).group_id,
        printed_by(card),
        pins.kept_pin(card.household_id, pin.first),
    )


def hand_over(
    *, county_id: int, card_id: UUID, pin: KeptPin, receiver: Receiver, by: UUID, at: datetime
) -> Card:
    """Give the card its PIN, as was agreed; from now on it pays.

    Raises:
        CardNotFound: it has ended.
    """
    found = locked_cards(Card.county_id == county_id, Card.id == card_id)
    if not found:
        raise CardNotFound()
    pins.set_pin(found[0], pin)  # flushed with the step: a card that is printed has no PIN
    move_to(found[0], CardState.ACTIVE, by=by, at=at, receiver=receiver)
    return found[0]


def count_wrong_pin(card: Card, *, by: UUID, at: datetime) -> int:
    """Count a wrong PIN of a card that the caller holds; the last try blocks it.

    Returns how many are left.
    """
    card.wrong_pins += 1
    left = WRONG_PINS_MAX - card.wrong_pins
    if not left:
        move_to(card, CardState.BLOCKED, by=by, at=at, reason=BlockReason.WRONG_PINS)
    db.session.flush()
    return left


def block(*, card_id: UUID, by: Caller, at: datetime) -> Card:
    """Stop a lost card at once: one's own household's, or one in an area of ``by``.

    Raises:
        CardNotFound: there is none within reach, or it has ended.
    """
    found = locked_cards(Card.county_id == by.county_id, Card.id == card_id)
    if not found:
        raise CardNotFound()
    card = found[0]
    if card.household_id != by.household_id:
        _check_reach(card, by, BLOCKERS)
    if card.block_reason is not BlockReason.LOST:
        move_to(card, CardState.BLOCKED, by=by.user_id, at=at, reason=BlockReason.LOST)
    return card


def _check_reach(card: Card, by: Caller, roles: tuple[Role, ...] = WORKERS) -> None:
    group_id = db.session.get_one(Household, card.household_id).group_id
    if not regions.is_inside(group_id, by.places(*roles)):
        raise CardNotFound()
