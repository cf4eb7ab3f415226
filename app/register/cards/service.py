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


def hand_over(*, text: str, pin: TypedPin, receiver: Receiver, by: Caller, at: datetime) -> Card:
    """Give the card a PIN in front of its household; from then on it pays.

    The same command gives a new PIN to a card whose PIN was forgotten or tried too often, and a
    lost card back to its household: each time the document is seen again.

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
    pins.set_pin(card, pin.first)  # flushed with the step: a card that is printed has no PIN
    move_to(card, CardState.ACTIVE, by=by.user_id, at=at, receiver=receiver)
    return card


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
