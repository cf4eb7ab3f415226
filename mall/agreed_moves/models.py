"""What all tables of money have that two people move."""

from typing import Any

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped

from app.kernel.db import Recorded
from app.kernel.decisions import DecisionState, Proposed, two_people


class AgreedMove(Proposed, Recorded):
    """An amount that one person proposes to move; it moves when another approves."""

    __abstract__ = True

    amount_fen: Mapped[int]
    state: Mapped[DecisionState]


def are_agreed() -> Any:
    """What the database holds every such table to."""
    return (
        CheckConstraint("amount_fen > 0", name="amount_positive"),
        CheckConstraint("state IN ('proposed', 'approved', 'declined')", name="state_is_known"),
        *two_people(),
    )
