"""The card of a household whose people change: who knows its PIN may live elsewhere from now on."""

from collections.abc import Iterator

from app.register.cards.locking import locked_cards
from app.register.cards.models import BlockReason, Card, CardState
from app.register.cards.states import move_to
from app.register.households.life import Change, ChangeKind, Line, Touched, touched


def _apply(change: Change) -> Iterator[Line]:
    of_home = Card.county_id == change.county_id, Card.household_id == change.household_id
    for card in locked_cards(*of_home):
        if change.kind is ChangeKind.MERGE:
            move_to(card, CardState.ENDED, by=change.asked_by, at=change.at)
            yield Line("card", "并走的户的积分卡作废")
        elif card.state is CardState.ACTIVE:
            reason = BlockReason.HOUSEHOLD_CHANGED
            move_to(card, CardState.BLOCKED, by=change.asked_by, at=change.at, reason=reason)
            yield Line("card", "原来的户的积分卡先停用，当面重设密码后再用")
    if change.kind is ChangeKind.SPLIT:
        yield Line("card", "新户还没有积分卡，请村里打印")


CARDS = touched(Touched("cards", apply=_apply))
