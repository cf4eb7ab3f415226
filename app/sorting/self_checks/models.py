"""Self-checks, every step one may take, the reviews of them, and appeals against those."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    SmallInteger,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.db import Recorded
from app.kernel.waste import WasteKind
from app.photos.models import Photo

TEXT_LENGTH_MAX = 200  # of a note, an appeal, an answer


class SelfCheckState(StrEnum):
    SCREENING = "screening"  # the photo is being decoded and compared
    WAITING = "waiting"  # for a reviewer
    ESCALATED = "escalated"  # the reviewer was not sure: waits for one above them
    APPROVED = "approved"
    REJECTED = "rejected"  # by a person, or as an exact repeat
    UNREADABLE = "unreadable"  # the upload could not be decoded


STEPS = frozenset(
    {
        (SelfCheckState.SCREENING, SelfCheckState.WAITING),
        (SelfCheckState.SCREENING, SelfCheckState.REJECTED),
        (SelfCheckState.SCREENING, SelfCheckState.UNREADABLE),
        (SelfCheckState.WAITING, SelfCheckState.APPROVED),
        (SelfCheckState.WAITING, SelfCheckState.REJECTED),
        (SelfCheckState.WAITING, SelfCheckState.ESCALATED),
        (SelfCheckState.ESCALATED, SelfCheckState.APPROVED),
        (SelfCheckState.ESCALATED, SelfCheckState.REJECTED),
        # Overturned: by a third judge, or on appeal.
        (SelfCheckState.APPROVED, SelfCheckState.REJECTED),
        (SelfCheckState.REJECTED, SelfCheckState.APPROVED),
    }
)


class RejectReason(StrEnum):
    """Why a self-check earns nothing; each teaches something for the next photo."""

    WRONG_KIND = "wrong_kind"  # something lies in the wrong bin
    UNREADABLE = "unreadable"  # too dark, too far, too blurred to judge
    NOT_SORTING = "not_sorting"  # shows something else
    REPEATED_PHOTO = "repeated_photo"  # the very same photo was sent before
    CONTENT_REFUSED = "content_refused"  # it shows what may not be shown


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
            "state IN ('screening', 'waiting', 'escalated', 'approved', 'rejected', 'unreadable')",
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
    # The verdict that stands is that of the latest review that decided.
    reviewed_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    reviewed_at: Mapped[datetime | None]
    reject_reason: Mapped[RejectReason | None]

    photo: Mapped[Photo] = relationship()

    def move_to(self, state: SelfCheckState) -> None:
        """Take one step; a step that is not listed is a bug."""
        assert (self.state, state) in STEPS, f"{self.state} does not lead to {state}"
        self.state = state


class Stage(StrEnum):
    """Which judgement of a self-check a review is."""

    FIRST = "first"  # takes effect at once
    SECOND = "second"  # of a sample, by somebody who does not know that it is one
    THIRD = "third"  # of one that was escalated, or where the first two differ
    APPEAL = "appeal"  # the household asked


class Verdict(StrEnum):
    APPROVE = "approve"
    REJECT = "reject"
    ESCALATE = "escalate"  # somebody above shall look


class Review(Recorded):
    """One judgement of a self-check: wanted, leased to one person for minutes, then given."""

    __tablename__ = "reviews"
    __table_args__ = (
        ForeignKeyConstraint(
            ["county_id", "self_check_id"],
            ["self_checks.county_id", "self_checks.id"],
            name="fk_reviews_self_check",
        ),
        UniqueConstraint("county_id", "self_check_id", "round"),
        # Nobody judges one photo twice, so a second opinion is somebody else's.
        UniqueConstraint("county_id", "self_check_id", "judged_by"),
        CheckConstraint("round IN ('first', 'second', 'third', 'appeal')", name="round_is_known"),
        CheckConstraint("verdict IN ('approve', 'reject', 'escalate')", name="verdict_is_known"),
        CheckConstraint(
            "(verdict IS NULL) = (judged_by IS NULL) AND (verdict IS NULL) = (judged_at IS NULL)",
            name="given_is_whole",
        ),
        CheckConstraint(
            "(verdict IS NOT DISTINCT FROM 'reject') = (reject_reason IS NOT NULL)",
            name="a_rejection_teaches",
        ),
        CheckConstraint(
            "verdict IS DISTINCT FROM 'escalate' "
            "OR (note IS NOT NULL AND round IN ('first', 'second'))",
            name="an_escalation_says_why",
        ),
        CheckConstraint(
            "(leased_by IS NULL) = (leased_at IS NULL) "
            "AND (leased_by IS NULL) = (leased_until IS NULL)",
            name="lease_is_whole",
        ),
        CheckConstraint(
            "judged_by IS NULL OR (leased_by IS NOT NULL AND judged_by = leased_by)",
            name="judged_by_its_holder",
        ),
        CheckConstraint(
            "(taken IS NULL) = (owed IS NULL) "
            "AND (taken IS NULL OR (round = 'third' AND verdict = 'reject'))",
            name="only_a_third_takes_back",
        ),
        CheckConstraint(f"char_length(note) BETWEEN 1 AND {TEXT_LENGTH_MAX}", name="note_length"),
        CheckConstraint(
            "num_nonnulls(lies_in, belongs_to, spot_x, spot_y) = 0 "
            "OR reject_reason IS NOT DISTINCT FROM 'wrong_kind'",
            name="only_a_wrong_kind_is_pointed_out",
        ),
        CheckConstraint("lies_in <> belongs_to", name="it_lies_where_it_does_not_belong"),
        CheckConstraint("(spot_x IS NULL) = (spot_y IS NULL)", name="spot_is_whole"),
        CheckConstraint(
            "spot_x BETWEEN 0 AND 1000 AND spot_y BETWEEN 0 AND 1000", name="spot_is_in_the_photo"
        ),
        Index(
            "ix_reviews_waiting",
            "county_id",
            "waiting_since",
            "id",
            postgresql_where=text("judged_at IS NULL"),
        ),
        Index(
            "ix_reviews_leased",
            "county_id",
            "leased_by",
            postgresql_where=text("judged_at IS NULL AND leased_by IS NOT NULL"),
        ),
        Index("ix_reviews_judged", "county_id", "judged_by", "judged_at"),
        Index(
            "ix_reviews_from_above",
            "county_id",
            "judged_at",
            postgresql_where=text("round IN ('third', 'appeal') AND judged_at IS NOT NULL"),
        ),
    )

    self_check_id: Mapped[UUID]
    stage: Mapped[Stage] = mapped_column("round")
    waiting_since: Mapped[datetime]  # the place in the queue; a lapsed lease does not change it
    leased_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    leased_at: Mapped[datetime | None]  # when the holder got it; renewing does not change it
    leased_until: Mapped[datetime | None]
    verdict: Mapped[Verdict | None]
    reject_reason: Mapped[RejectReason | None]
    note: Mapped[str | None]  # to whoever judges next; of an appeal, the answer to the household
    # What is wrong of a wrong kind, if the judge pointed it out, for the household to see.
    lies_in: Mapped[WasteKind | None]
    belongs_to: Mapped[WasteKind | None]
    spot_x: Mapped[int | None] = mapped_column(SmallInteger)  # thousandths of the width, from left
    spot_y: Mapped[int | None] = mapped_column(SmallInteger)  # of the height, from above
    judged_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    judged_at: Mapped[datetime | None]
    # Of an award that this review reversed: points that left the household, and that it owes.
    taken: Mapped[int | None]
    owed: Mapped[int | None]


class AppealState(StrEnum):
    WAITING = "waiting"  # for somebody who has not judged this photo
    STANDS = "stands"  # the rejection does
    OVERTURNED = "overturned"  # the rejection is: the self-check is approved


class Appeal(Recorded):
    """A household asks for another look at a rejected self-check; once."""

    __tablename__ = "appeals"
    __table_args__ = (
        ForeignKeyConstraint(
            ["county_id", "self_check_id"],
            ["self_checks.county_id", "self_checks.id"],
            name="fk_appeals_self_check",
        ),
        UniqueConstraint("county_id", "self_check_id"),
        CheckConstraint("state IN ('waiting', 'stands', 'overturned')", name="state_is_known"),
        CheckConstraint("(state = 'waiting') = (decided_at IS NULL)", name="decided_has_its_time"),
        CheckConstraint("state <> 'stands' OR answer IS NOT NULL", name="a_no_is_explained"),
        CheckConstraint(
            f"char_length(sentence) BETWEEN 1 AND {TEXT_LENGTH_MAX}", name="sentence_length"
        ),
        Index("ix_appeals_household", "county_id", "household_id", "id"),
    )

    self_check_id: Mapped[UUID]
    household_id: Mapped[UUID] = mapped_column(ForeignKey("households.id"))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))  # who asked
    sentence: Mapped[str]  # theirs
    made_at: Mapped[datetime]
    state: Mapped[AppealState]
    answer: Mapped[str | None]  # of the judge, to the household
    decided_at: Mapped[datetime | None]
