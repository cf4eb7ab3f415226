"""The one way to lock cards: whoever decides what a card may do holds its row."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, select

from app.kernel import texts
from app.kernel.db import db, locked
from app.register.cards import tokens
from app.register.cards.errors import CardNotFound, CardNumberMistyped
from app.register.cards.models import Card, CardState


def locked_cards(*which: ColumnElement[bool]) -> Sequence[Card]:
    """The cards that have not ended, in order of their ids, held until the commit."""
    query = select(Card).where(Card.state != CardState.ENDED, *which).order_by(Card.id)
    return db.session.scalars(locked(query)).all()


def locked_card(county_id: int, text: str) -> Card:
    """The card that was scanned or whose number was typed, held until the commit.

    Raises:
        CardNumberMistyped: the digits are of no card number.
        CardNotFound: there is none, or it has ended.
    """
    found = locked_cards(named(county_id, text))
    if not found:
        raise CardNotFound()
    return found[0]


def named(county_id: int, text: str) -> ColumnElement[bool]:
    """Which card a scanned text or typed digits mean.

    Raises:
        CardNumberMistyped, CardNotFound: none.
    """
    if tokens.is_qr(text):
        return (Card.county_id == county_id) & (Card.digest == tokens.digest(text))
    if tokens.is_number(text):
        return (Card.county_id == county_id) & (Card.number == text)
    raise CardNumberMistyped() if texts.are_digits(text) else CardNotFound()
