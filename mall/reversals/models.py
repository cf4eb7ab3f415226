"""Requests to take something back, and what came of them."""

from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import Recorded
from app.kernel.decisions import Proposed, two_people


class Subject(StrEnum):
    """What is taken back."""

    AWARD = "award"  # its points return to the village's budget
    REDEMPTION = "redemption"  # its points return to the household
    SALE = "sale"  # its points return to the recycler


class ReversalState(StrEnum):
    PROPOSED = "proposed"
    CONFIRMED = "confirmed"  # the points have moved
    DECLINED = "declined"


class Reversal(Proposed, Recorded):
    """One award, redemption or sale that somebody asked to take back, and why."""

    __tablename__ = "reversals"
    __table_args__ = (
        CheckConstraint("subject IN ('award', 'redemption', 'sale')", name="subject_is_known"),
        CheckConstraint("state IN ('proposed', 'confirmed', 'declined')", name="state_is_known"),
        CheckConstraint("points > 0", name="points_positive"),
        *two_people(),
        CheckConstraint(
            "(state = 'confirmed') = (moved IS NOT NULL AND owed IS NOT NULL)",
            name="confirmed_says_what_moved",
        ),
        CheckConstraint(
            "moved >= 0 AND owed >= 0 AND moved + owed IN (0, points)", name="parts_add_up"
        ),
        CheckConstraint("subject = 'award' OR owed = 0", name="only_awards_leave_a_debt"),
        Index(
            "uq_reversals_subject_standing",
            "county_id",
            "subject",
            "subject_id",
            unique=True,
            postgresql_where=text("state <> 'declined'"),
        ),
        Index("ix_reversals_household", "county_id", "household_id", "id"),
    )
    CONTENT = ("subject", "subject_id", "points", "reason")

    subject: Mapped[Subject]
    subject_id: Mapped[UUID]
    household_id: Mapped[UUID] = mapped_column(ForeignKey("households.id"))
    village_id: Mapped[UUID] = mapped_column(ForeignKey("regions.id"))  # of award, shop or seller
    points: Mapped[int]  # of what is taken back
    reason: Mapped[str]  # in words; the household reads it
    state: Mapped[ReversalState]
    # Points that moved, and points that became a debt; both 0 when the award was never paid.
    moved: Mapped[int | None]
    owed: Mapped[int | None]
