"""Templates that WeChat gave us, messages that users agreed to, and what they have read."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import Model


class MessageTemplate(Model):
    """The subscribe message by which notices of a kind are sent. One mini-program, one template."""

    __tablename__ = "message_templates"

    kind: Mapped[str] = mapped_column(primary_key=True)
    template_id: Mapped[str]  # WeChat's
    # What fills each keyword of the template: {"thing1": "title", "date2": "day"}
    fields: Mapped[dict[str, str]] = mapped_column(JSONB)


class MessageCredit(Model):
    """How many messages of a kind a user still agreed to, as far as we know.

    A hint that spares a call in vain: WeChat itself has the last word.
    """

    __tablename__ = "message_credits"
    __table_args__ = (CheckConstraint("credits >= 0", name="credits_not_negative"),)

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    credits: Mapped[int]


class NoticeMark(Model):
    """Up to which notice a user has read; one that nobody has marked yet has no row."""

    __tablename__ = "notice_marks"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), primary_key=True)
    read_until: Mapped[UUID]  # the id of a notice: it and all before it are read
    read_at: Mapped[datetime]
