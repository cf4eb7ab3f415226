"""Notices: who must be told what, since when."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import Recorded
from app.register.identity.roles import Role


class NoticeState(StrEnum):
    """How far a notice has come. In the mini-program it can be read in every state."""

    WAITING = "waiting"  # to be sent at ``due_at``
    BY_WECHAT = "by_wechat"  # at least one of the addressees has it on their phone
    BY_SMS = "by_sms"
    ON_BOARD = "on_board"  # nobody was reached: somebody of the village tells them
    TOLD = "told"  # somebody did
    LISTED = "listed"  # not reached, and nobody goes to tell: it stands in the mini-program


class Notice(Recorded):
    """One thing that one addressee must be told once: a household, a user, or officials.

    Officials are those who hold the role where it includes the region, whoever they are when the
    notice is delivered.
    """

    __tablename__ = "notices"
    __table_args__ = (
        # What makes it the same notice: a second one is not written.
        UniqueConstraint(
            "county_id",
            "kind",
            "household_id",
            "user_id",
            "role",
            "region_id",
            "topic",
            name="uq_notices_once",
            postgresql_nulls_not_distinct=True,
        ),
        CheckConstraint(
            "num_nonnulls(household_id, user_id, role) = 1 "
            "AND (role IS NULL) = (region_id IS NULL)",
            name="one_addressee",
        ),
        CheckConstraint(
            "state IN ('waiting', 'by_wechat', 'by_sms', 'on_board', 'told', 'listed')",
            name="state_is_known",
        ),
        CheckConstraint("(state = 'waiting') = (due_at IS NOT NULL)", name="what_waits_is_due"),
        CheckConstraint(
            "(state = 'told') = (told_by IS NOT NULL AND told_at IS NOT NULL)",
            name="told_by_somebody",
        ),
        CheckConstraint(
            "state NOT IN ('by_sms', 'on_board', 'told') OR household_id IS NOT NULL",
            name="only_households_are_told_in_person",
        ),
        Index("ix_notices_household", "county_id", "household_id", "id"),
        Index(
            "ix_notices_user",
            "county_id",
            "user_id",
            "id",
            postgresql_where=text("user_id IS NOT NULL"),
        ),
        Index("ix_notices_region", "county_id", "region_id", "id"),
        Index("ix_notices_due", "due_at", postgresql_where=text("due_at IS NOT NULL")),
        Index(
            "ix_notices_on_board",
            "county_id",
            "id",
            postgresql_where=text("state = 'on_board'"),
        ),
    )

    kind: Mapped[str]  # the name of a registered kind
    household_id: Mapped[UUID | None] = mapped_column(ForeignKey("households.id"))
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    role: Mapped[Role | None]
    region_id: Mapped[UUID | None] = mapped_column(ForeignKey("regions.id"))
    topic: Mapped[str]  # what it is about, among those of its kind: "2027-03-31:30", an id
    details: Mapped[dict[str, Any]] = mapped_column(JSONB)  # numbers, days and ids
    # Whose act it tells of, where that might be a fraud: they do not tell it to the household,
    # and a phone that was bound with the act does not hear it for the others.
    act_of: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    written_at: Mapped[datetime]
    state: Mapped[NoticeState]
    tries: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime | None]  # the next try
    told_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    told_at: Mapped[datetime | None]
