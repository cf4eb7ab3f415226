"""Points policies by version, and the awards made under them."""

from datetime import date, datetime
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
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import Model, Recorded
from app.kernel.decisions import Proposed
from app.points.awards.rules import Rule, Source
from app.register.identity.roles import Role


class Policy(Model):
    """One version of a county's points policy, as it was approved. It never changes.

    The version of a day is the one with the latest beginning by then; of several that begin on one
    day, the newest.
    """

    __tablename__ = "policies"
    __table_args__ = (
        CheckConstraint("version > 0", name="version_positive"),
        CheckConstraint("made_by <> approved_by", name="approved_by_another"),
    )

    county_id: Mapped[int] = mapped_column(ForeignKey("counties.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    in_force_from: Mapped[date]
    rules: Mapped[dict[str, Any]] = mapped_column(JSONB)  # read by rules.read_rules
    boosts: Mapped[list[dict[str, Any]]] = mapped_column("campaigns", JSONB, default=list)
    made_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))  # none: the default
    approved_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))  # none: the default
    approved_at: Mapped[datetime]


class DraftState(StrEnum):
    DRAFT = "draft"
    APPROVED = "approved"  # it is a version now
    WITHDRAWN = "withdrawn"


class PolicyDraft(Proposed, Recorded):
    """A version in the making. Its maker may change it until another person approves it."""

    __tablename__ = "policy_drafts"
    __table_args__ = (
        ForeignKeyConstraint(
            ["county_id", "version"],
            ["policies.county_id", "policies.version"],
            name="fk_policy_drafts_policy",
        ),
        UniqueConstraint("county_id", "version"),
        CheckConstraint("state IN ('draft', 'approved', 'withdrawn')", name="state_is_known"),
        CheckConstraint("revision > 0", name="revision_positive"),
        CheckConstraint(
            "(state = 'draft') = (decided_by IS NULL) "
            "AND (decided_by IS NULL) = (decided_at IS NULL)",
            name="decision_is_whole",
        ),
        CheckConstraint("(state = 'approved') = (version IS NOT NULL)", name="approved_has_number"),
        CheckConstraint("state <> 'approved' OR decided_by <> made_by", name="approved_by_another"),
    )
    CONTENT = ("based_on", "in_force_from", "rules", "boosts")

    state: Mapped[DraftState]
    revision: Mapped[int]  # from 1; grows with each change
    based_on: Mapped[int]  # the newest version when it was last saved
    in_force_from: Mapped[date]
    rules: Mapped[dict[str, Any]] = mapped_column(JSONB)
    boosts: Mapped[list[dict[str, Any]]] = mapped_column("campaigns", JSONB)
    proposed_by: Mapped[UUID] = mapped_column("made_by", ForeignKey("users.id"))
    proposed_at: Mapped[datetime] = mapped_column("made_at")
    edited_at: Mapped[datetime]
    version: Mapped[int | None]  # that it became


class Evidence(StrEnum):
    """The kind of row that an award rests on."""

    SELF_CHECK = "self_check"
    CHECK = "check"
    INSPECTION = "inspection"  # the result of a planned visit
    SALE = "sale"
    SCORE = "score"
    PLACE = "place"


class ZeroReason(StrEnum):
    """Why an event earned nothing."""

    NOTHING_FOR_RULE = "nothing_for_rule"  # the policy gives 0 for it, say grade C
    DAY_CAP = "day_cap"
    MONTH_CAP = "month_cap"
    OFFICIAL = "official"  # officials are not paid unless the county says so


class Award(Recorded):
    """What one event earned a household, be it nothing. Decided once, then only paid.

    The decision stands even when the village's budget is used up: the award then waits, and is
    paid as soon as the budget allows.
    """

    __tablename__ = "awards"
    __table_args__ = (
        ForeignKeyConstraint(
            ["county_id", "policy_version"], ["policies.county_id", "policies.version"]
        ),
        CheckConstraint("points >= 0", name="points_not_negative"),
        CheckConstraint("(points = 0) = (zero_reason IS NOT NULL)", name="nothing_says_why"),
        CheckConstraint("(points > 0) = (ordinal IS NOT NULL)", name="paid_is_counted"),
        CheckConstraint("transfer_id IS NULL OR points > 0", name="nothing_is_not_paid"),
        CheckConstraint("quantity >= 0", name="quantity_not_negative"),
        CheckConstraint("campaign IS NULL OR points > 0", name="a_campaign_gives_points"),
        CheckConstraint("(transfer_id IS NULL) = (paid_at IS NULL)", name="paid_has_its_time"),
        CheckConstraint("repaid BETWEEN 0 AND points", name="repaid_is_a_part"),
        CheckConstraint(
            "(reversed_at IS NULL) = (reversed_because IS NULL)", name="a_reversal_says_why"
        ),
        # No evidence is judged twice, and no two decisions take the same place under a cap.
        Index("uq_awards_evidence", "county_id", "source", "evidence_id", unique=True),
        Index(
            "uq_awards_ordinal",
            "county_id",
            "household_id",
            "source",
            "day",
            "ordinal",
            unique=True,
        ),
        Index("ix_awards_household", "county_id", "household_id", "id"),
        Index(
            "ix_awards_unpaid",
            "county_id",
            "village_id",
            "id",
            postgresql_where=text("points > 0 AND transfer_id IS NULL AND reversed_at IS NULL"),
        ),
    )

    household_id: Mapped[UUID] = mapped_column(ForeignKey("households.id"))
    village_id: Mapped[UUID] = mapped_column(ForeignKey("regions.id"))  # whose budget pays
    source: Mapped[Source]
    rule: Mapped[Rule]
    policy_version: Mapped[int]
    evidence_kind: Mapped[Evidence]
    evidence_id: Mapped[UUID]
    happened_at: Mapped[datetime | None]  # none: from before this was kept
    day: Mapped[date]  # on which it happened, in China; the day that caps and expiry count by
    points: Mapped[int]
    zero_reason: Mapped[ZeroReason | None]
    quantity: Mapped[int] = mapped_column(default=1)  # what the rule counts, say grams
    boost: Mapped[int | None] = mapped_column("campaign")  # its place in the policy's list, from 0
    is_official: Mapped[bool] = mapped_column(default=False)  # who earned it held an office
    notice_until: Mapped[date | None]  # the last day of public notice; it is paid after that
    ordinal: Mapped[int | None]  # the household's first, second, … paid one of source and day
    decided_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    decided_as: Mapped[Role]  # what the household is told instead of a name
    decided_at: Mapped[datetime]
    transfer_id: Mapped[UUID | None]  # in the ledger; none while the budget is used up
    paid_at: Mapped[datetime | None]
    repaid: Mapped[int] = mapped_column(default=0)  # points of it that paid off a debt
    # Taken back by two people. It still counts under the caps.
    reversed_at: Mapped[datetime | None]
    reversed_because: Mapped[str | None]  # in words for the household

    @property
    def is_paid(self) -> bool:
        """Whether the household has the points, or there are none to have."""
        return self.points == 0 or self.transfer_id is not None


class Debt(Recorded):
    """Points of a reversed award that the household had spent already.

    What is left of it is ``points`` less its repayments. It never costs a household points that it
    has: only later awards repay it. Whose it is now, after households were split or merged, say
    ``DebtMove`` rows.
    """

    __tablename__ = "debts"
    __table_args__ = (
        UniqueConstraint("county_id", "award_id"),
        ForeignKeyConstraint(
            ["county_id", "award_id"], ["awards.county_id", "awards.id"], name="fk_debts_award"
        ),
        CheckConstraint("points > 0", name="points_positive"),
        Index("ix_debts_household", "county_id", "household_id", "id"),
    )

    household_id: Mapped[UUID] = mapped_column(ForeignKey("households.id"))
    village_id: Mapped[UUID] = mapped_column(ForeignKey("regions.id"))  # whose budget is repaid
    award_id: Mapped[UUID]  # the reversed one
    points: Mapped[int]
    arose_at: Mapped[datetime]


class DebtMove(Recorded):
    """A part of a debt that another household owes since a change of both."""

    __tablename__ = "debt_moves"
    __table_args__ = (
        ForeignKeyConstraint(
            ["county_id", "debt_id"], ["debts.county_id", "debts.id"], name="fk_debt_moves_debt"
        ),
        ForeignKeyConstraint(
            ["county_id", "change_id"],
            ["household_changes.county_id", "household_changes.id"],
            name="fk_debt_moves_change",
        ),
        CheckConstraint("points > 0", name="points_positive"),
        CheckConstraint("from_id <> to_id", name="two_households"),
        Index("ix_debt_moves_debt", "county_id", "debt_id"),
        Index("ix_debt_moves_to", "county_id", "to_id"),
    )

    debt_id: Mapped[UUID]
    from_id: Mapped[UUID] = mapped_column(ForeignKey("households.id"))
    to_id: Mapped[UUID] = mapped_column(ForeignKey("households.id"))
    points: Mapped[int]
    change_id: Mapped[UUID]


class DebtRepayment(Recorded):
    """A part of an award that went back to the village of a debt; a transfer of the ledger."""

    __tablename__ = "debt_repayments"
    __table_args__ = (
        UniqueConstraint("county_id", "debt_id", "award_id"),
        UniqueConstraint("county_id", "transfer_id"),
        ForeignKeyConstraint(
            ["county_id", "debt_id"],
            ["debts.county_id", "debts.id"],
            name="fk_debt_repayments_debt",
        ),
        ForeignKeyConstraint(
            ["county_id", "award_id"],
            ["awards.county_id", "awards.id"],
            name="fk_debt_repayments_award",
        ),
        CheckConstraint("points > 0", name="points_positive"),
    )

    debt_id: Mapped[UUID]
    award_id: Mapped[UUID]  # the one that repaid
    points: Mapped[int]
    transfer_id: Mapped[UUID]
    repaid_at: Mapped[datetime]
