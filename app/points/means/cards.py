"""Cards as means: printing them and giving them a PIN, told by the means of before."""

from datetime import datetime

from app.agreements.proposals import Draft, Proposal, Whoever, propose
from app.points.means.notices import CARD_PRINTED
from app.points.means.proposals import HAND_OVER
from app.points.means.telling import tell
from app.register.cards import printing, service
from app.register.cards.states import Receiver
from app.register.households import bindings
from app.register.identity.caller import Caller
from app.register.identity.roles import Role
from app.register.trust import Concerned, beside


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
) -> Proposal:
    """Propose to give a card its PIN: it pays when the household says yes, or somebody present.

    Raises:
        SamePerson, SameHousehold, Related: ``by`` printed it, or is not apart from who did, or it
            is of their own.
        what ``cards.ready_to_hand_over`` and ``proposals.propose`` do.
    """
    ready = service.ready_to_hand_over(text=text, pin=pin, receiver=receiver, by=by)
    own = Concerned(households=[ready.household_id])
    beside([ready.printed_by], by.user_id, concerned=own, at=at)
    return propose(HAND_OVER, _draft(ready, receiver), by=by, at=at)


def _draft(ready: service.HandOver, receiver: Receiver) -> Draft:
    present = Whoever(
        roles={Role.GROUP_LEADER},
        users=bindings.liaison_users(ready.household_id),
        households={ready.household_id},
    )
    return Draft(
        region_id=ready.group_id,
        subject=("card", ready.card_id),
        content={
            "household_id": str(ready.household_id),
            "member_id": str(receiver.member_id),
            "document": str(receiver.document),
            "salt": ready.pin.salt.hex(),
            "hash": ready.pin.hash.hex(),
        },
        seconds=(present,),
    )
