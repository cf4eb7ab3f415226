"""Self-checks, and every step one may take."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.db import Recorded
from app.photos.models import Photo


class SelfCheckState(StrEnum):
    SCREENING = "screening"  # the photo is being decoded and compared
    WAITING = "waiting"  # for a reviewer
    APPROVED = "approved"
    REJECTED = "rejected"  # by a reviewer, or as an exact repeat
    UNREADABLE = "unreadable"  # the upload could not be decoded


STEPS = frozenset(
    {
        (SelfCheckState.SCREENING, SelfCheckState.WAITING),
        (SelfCheckState.SCREENING, SelfCheckState.REJECTED),
        (SelfCheckState.SCREENING, SelfCheckState.UNREADABLE),
        (SelfCheckState.WAITING, SelfCheckState.APPROVED),
        (SelfCheckState.WAITING, SelfCheckState.REJECTED),
    }
)


class RejectReason(StrEnum):
    """Why a self-check earns nothing; each teaches something for the next photo."""

    WRONG_KIND = "wrong_kind"  # something lies in the wrong bin
    UNREADABLE = "unreadable"  # too dark, too far, too blurred to judge
    NOT_SORTING = "not_sorting"  # shows something else
    REPEATED_PHOTO = "repeated_photo"  # the very same photo was sent before


class FindingReason(StrEnum):
    """What screening noticed. An opinion for the reviewer, but for exact repeats."""

    EXACT_REPEAT = "exact_repeat"
    NEAR_REPEAT = "near_repeat"  # shows what another photo shows: cropped, mirrored, saved anew
    TOO_DARK = "too_dark"
    TOO_SMALL = "too_small"
    BLURRED = "blurred"
    SCREENSHOT = "screenshot"
    TAKEN_LONG_AGO = "taken_long_ago"
    TAKEN_ELSEWHERE = "taken_elsewhere"
    TOO_MANY_TODAY = "too_many_today"
    MODEL_OPINION = "model_opinion"


class SelfCheck(Recorded):
    """A household's photo of its own sorting, from upload to verdict."""

    __tablename__ = "self_checks"
    __table_args__ = (
        ForeignKeyConstraint(["county_id", "photo_id"], ["photos.county_id", "photos.id"]),
        UniqueConstraint("county_id", "photo_id"),
        CheckConstraint(
            "state IN ('screening', 'waiting', 'approved', 'rejected', 'unreadable')",
            name="state_is_known",
        ),
        CheckConstraint(
            "(state IN ('rejected', 'unreadable')) = (reject_reason IS NOT NULL)",
            name="a_refusal_teaches",
        ),
        CheckConstraint(
            "(reviewed_by IS NULL) = (reviewed_at IS NULL)", name="a_review_has_who_and_when"
        ),
        CheckConstraint(
            "state <> 'approved' OR reviewed_by IS NOT NULL", name="only_people_approve"
        ),
        Index("ix_self_checks_household", "county_id", "household_id", "id"),
        Index(
            "ix_self_checks_waiting",
            "county_id",
            "id",
            postgresql_where=text("state = 'waiting'"),
        ),
        Index(
            "ix_self_checks_screening", "submitted_at", postgresql_where=text("state = 'screening'")
        ),
    )

    household_id: Mapped[UUID] = mapped_column(ForeignKey("households.id"))
    village_id: Mapped[UUID] = mapped_column(ForeignKey("regions.id"))  # whose budget pays
    group_id: Mapped[UUID] = mapped_column(ForeignKey("regions.id"))  # decides who reviews
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))  # who uploaded it
    photo_id: Mapped[UUID]
    state: Mapped[SelfCheckState]
    submitted_at: Mapped[datetime]  # by the server's clock; its day is the day that counts
    screened_at: Mapped[datetime | None]
    # [{"reason": FindingReason, "weight": 0 to 100, "detail": {…}}]; 100 decides, less is an
    # opinion. Rows screened before there were details have none.
    findings: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    reviewed_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    reviewed_at: Mapped[datetime | None]
    reject_reason: Mapped[RejectReason | None]

    photo: Mapped[Photo] = relationship()

    def move_to(self, state: SelfCheckState) -> None:
        """Take one step; a step that is not listed is a bug."""
        assert (self.state, state) in STEPS, f"{self.state} does not lead to {state}"
        self.state = state
