"""Whom a liaison may help to earn."""

from uuid import UUID

from sqlalchemy import exists, select

from app.kernel.db import db
from app.register.cards.errors import NotHelped
from app.register.cards.models import Card, CardState
from app.register.households.models import Binding, Household


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
