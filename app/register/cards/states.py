"""Taking a card, which the caller has locked or just made, one step further."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.kernel import audit
from app.kernel.db import db
from app.kernel.ids import uuid7
from app.register.cards.models import BlockReason, Card, CardState, CardStep
from app.register.households.models import DocumentKind


@dataclass(frozen=True)
class Receiver:
    """Who stands at the office: a member of the household, and the document that was seen."""

    member_id: UUID
    document: DocumentKind


def move_to(
    card: Card,
    state: CardState,
    *,
    by: UUID,
    at: datetime,
    reason: BlockReason | None = None,
    receiver: Receiver | None = None,
) -> None:
    """Put the card into the state and write down who did it."""
    card.state, card.block_reason = state, reason
    card.step += 1
    db.session.add(
        CardStep(
            county_id=card.county_id,
            id=uuid7(at),
            card_id=card.id,
            ordinal=card.step,
            state=state,
            reason=reason,
            by=by,
            at=at,
            member_id=receiver.member_id if receiver else None,
            document=receiver.document if receiver else None,
        )
    )
    audit.record(
        f"cards.{state}",
        county_id=card.county_id,
        actor_id=by,
        subject=("card", card.id),
        at=at,
        household_id=card.household_id,
        reason=reason.value if reason else None,
    )
