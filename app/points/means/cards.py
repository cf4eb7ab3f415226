"""Cards as means: printing them and giving them a PIN, told by the means of before."""

from datetime import datetime

from app.points.means import cooling
from app.points.means.notices import CARD_HANDED_OVER, CARD_PRINTED
from app.points.means.telling import tell
from app.register.cards import printing, queries, service
from app.register.cards.states import Receiver
from app.register.identity.caller import Caller


def print_cards(*, wanted: printing.Wanted, by: Caller, at: datetime) -> printing.Sheet:
    """Print cards; households whose card has ended by it are told, for theirs pays no more.

    A first card is nothing to tell: it pays when it is handed over. Raises what
    ``cards.print_cards`` does.
    """
    sheet = printing.print_cards(wanted=wanted, by=by, at=at)
    for old in sheet.ended:
        tell(
            CARD_PRINTED,
            old.household_id,
            old.id,
            county_id=by.county_id,
            act_of=by.user_id,
            at=at,
        )
    return sheet


def hand_over(
    *, text: str, pin: service.TypedPin, receiver: Receiver, by: Caller, at: datetime
) -> queries.ShownCard:
    """Give a card its PIN; the household is told. Raises what ``cards.hand_over`` does."""
    card = service.hand_over(text=text, pin=pin, receiver=receiver, by=by, at=at)
    cooling.begin(county_id=card.county_id, household_id=card.household_id, means_id=card.id, at=at)
    tell(
        CARD_HANDED_OVER,
        card.household_id,
        f"{card.id}:{card.step}",
        county_id=card.county_id,
        act_of=by.user_id,
        at=at,
        details={"is_again": card.step > 2},
    )
    return queries.card(card.county_id, card.id)
