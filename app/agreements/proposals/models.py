"""Proposals, and who has agreed to them."""

from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import Recorded
from app.kernel.decisions import Proposed


class ProposalState(StrEnum):
    """How far a proposal has come."""

    PROPOSED = "proposed"
    APPROVED = "approved"  # agreed: done when ``done_at`` says so, or still to begin
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"  # by who proposed it
    LAPSED = "lapsed"  # nobody decided in time
    STOPPED = "stopped"  # agreed, and stopped before it began
    FAILED = "failed"  # agreed, and no longer possible when it should begin: ``reason`` says why


class Proposal(Proposed, Recorded):
    """One act that somebody proposes; it is done when all whom it needs have agreed."""

    __tablename__ = "proposals"
    __table_args__ = (
        CheckConstraint(
            "state IN ('proposed', 'approved', 'declined', 'withdrawn', 'lapsed', 'stopped', "
            "'failed')",
            name="state_is_known",
        ),
        CheckConstraint(
            "(state IN ('proposed', 'lapsed')) = (decided_by IS NULL) "
            "AND (decided_by IS NULL) = (decided_at IS NULL)",
            name="decision_is_whole",
        ),
        CheckConstraint(
            "decided_by IS NULL OR (state = 'withdrawn') = (decided_by = proposed_by)",
            name="decided_by_another",
        ),
        CheckConstraint(
            "(state IN ('approved', 'stopped', 'failed')) = (effective_at IS NOT NULL)",
            name="agreed_begins",
        ),
        CheckConstraint("done_at IS NULL OR state = 'approved'", name="done_is_agreed"),
        CheckConstraint(
            "(state = 'stopped') = (stopped_by IS NOT NULL) "
            "AND (stopped_by IS NULL) = (stopped_at IS NULL)",
            name="stopped_by_somebody",
        ),
        Index("ix_proposals_region", "county_id", "region_id", "id"),
        Index("ix_proposals_proposed_by", "county_id", "proposed_by", "id"),
        Index("ix_proposals_subject", "county_id", "kind", "subject_id"),
        Index("ix_proposals_lapses", "lapses_at", postgresql_where=text("state = 'proposed'")),
        Index(
            "ix_proposals_effective",
            "effective_at",
            postgresql_where=text("state = 'approved' AND done_at IS NULL"),
        ),
    )
    CONTENT: ClassVar[tuple[str, ...]] = (
        "kind",
        "region_id",
        "subject_kind",
        "subject_id",
        "content",
        "before",
    )

    kind: Mapped[str]  # the name of a registered kind
    region_id: Mapped[UUID] = mapped_column(ForeignKey("regions.id"))  # where it shall count
    subject_kind: Mapped[str]
    subject_id: Mapped[str]
    content: Mapped[dict[str, Any]] = mapped_column(JSONB)  # numbers, words, ids; nobody's data
    before: Mapped[dict[str, Any] | None] = mapped_column(JSONB)  # what it would change, as it was
    needed: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)  # a ``Whoever`` for each second
    told: Mapped[dict[str, Any]] = mapped_column(JSONB)  # a ``Whoever``
    cool_off_seconds: Mapped[int]  # from agreement to effect
    state: Mapped[ProposalState]
    reason: Mapped[str | None]  # why it was refused or stopped; of a failed one, the code
    lapses_at: Mapped[datetime]  # undecided until then, it is off
    effective_at: Mapped[datetime | None]  # agreed, it is done from then on
    done_at: Mapped[datetime | None]
    stopped_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    stopped_at: Mapped[datetime | None]

    @property
    def is_open(self) -> bool:
        """Somebody has yet to decide."""
        return self.state is ProposalState.PROPOSED

    @property
    def is_coming(self) -> bool:
        """It is agreed and not done yet, so that it can still be stopped."""
        return self.state is ProposalState.APPROVED and self.done_at is None


class ProposalApproval(Recorded):
    """One of those whom a proposal needs has agreed to it."""

    __tablename__ = "proposal_approvals"
    __table_args__ = (
        ForeignKeyConstraint(
            ["county_id", "proposal_id"],
            ["proposals.county_id", "proposals.id"],
            name="fk_proposal_approvals_proposal",
        ),
        UniqueConstraint("county_id", "proposal_id", "approved_by"),
        UniqueConstraint("county_id", "proposal_id", "needed_index"),
    )

    proposal_id: Mapped[UUID]
    needed_index: Mapped[int]  # as whom: the position in the proposal's ``needed``
    digest: Mapped[str]  # of what they have read
    approved_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    approved_at: Mapped[datetime]


class ProposalSecret(Recorded):
    """A name, a number or an account that a proposal needs; deleted after sixty days."""

    __tablename__ = "proposal_secrets"
    __table_args__ = (Index("ix_proposal_secrets_kept_at", "kept_at"),)

    sealed: Mapped[bytes] = mapped_column(LargeBinary)  # for this row: elsewhere it does not open
    kept_at: Mapped[datetime]
