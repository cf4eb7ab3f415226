"""A means has come to a household: it cools off, and the household is told."""

from datetime import datetime
from uuid import UUID

from app.points.means import cooling
from app.points.means.notices import ACCOUNT_MOVED, BINDING_MADE, CARD_HANDED_OVER
from app.points.means.telling import tell
from app.register.cards import service as cards
from app.register.cards.pins import KeptPin
from app.register.cards.states import Receiver
from app.register.households.models import Binding


def bound_in_person(binding: Binding, *, county_id: int, by: UUID, at: datetime) -> None:
    """After a worker has bound a phone, alone or as another agreed."""
    cooling.begin(
        county_id=county_id, household_id=binding.household_id, means_id=binding.user_id, at=at
    )
    tell(
        BINDING_MADE,
        binding.household_id,
        binding.id,
        county_id=county_id,
        act_of=by,
        at=at,
        details={"is_in_person": True},
    )


def account_moved(
    household_id: UUID, user_id: UUID, *, county_id: int, by: UUID, at: datetime
) -> None:
    """After another WeChat account has come to a user who is bound, which makes theirs new."""
    cooling.begin(county_id=county_id, household_id=household_id, means_id=user_id, at=at)
    tell(
        ACCOUNT_MOVED,
        household_id,
        f"{user_id}:{at.isoformat()}",
        county_id=county_id,
        act_of=by,
        at=at,
    )


def hand_over(
    *, county_id: int, card_id: UUID, pin: KeptPin, receiver: Receiver, by: UUID, at: datetime
) -> None:
    """Give a card its PIN, as was agreed. Raises CardNotFound when it has ended."""
    card = cards.hand_over(
        county_id=county_id, card_id=card_id, pin=pin, receiver=receiver, by=by, at=at
    )
    cooling.begin(county_id=county_id, household_id=card.household_id, means_id=card.id, at=at)
    tell(
        CARD_HANDED_OVER,
        card.household_id,
        f"{card.id}:{card.step}",
        county_id=county_id,
        act_of=by,
        at=at,
        details={"is_again": card.step > 2},
    )
