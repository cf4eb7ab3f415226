"""Who may use a card for a household, what was paid with it, and how much it may pay."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import Recorded
from app.register.households.models import DocumentKind


class Proxy(Recorded):
    """Somebody who may buy with a household's card: a child, a neighbour, its liaison."""

    __tablename__ = "proxies"
    __table_args__ = (
        CheckConstraint("first_on <= last_on", name="days_in_order"),
        CheckConstraint("day_points_max > 0", name="day_points_max_positive"),
        CheckConstraint("(ended_at IS NULL) = (ended_by IS NULL)", name="end_is_whole"),
        Index("ix_proxies_household", "county_id", "household_id", "id"),
    )

    household_id: Mapped[UUID] = mapped_column(ForeignKey("households.id"))
    name: Mapped[str]
    phone_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    phone_index: Mapped[bytes] = mapped_column(LargeBinary)
    first_on: Mapped[date]
    last_on: Mapped[date]  # the last day on which they may buy
    day_points_max: Mapped[int]
    named_at: Mapped[datetime]
    named_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))  # a bound member or a worker
    document: Mapped[DocumentKind | None]  # the household's, when it was named before a worker
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))


class CardUse(Recorded):
    """A card paid once: which, and who stood at the counter."""

    __tablename__ = "card_uses"
    __table_args__ = (
        ForeignKeyConstraint(
            ["county_id", "card_id", "step"],
            ["card_steps.county_id", "card_steps.card_id", "card_steps.ordinal"],
            name="fk_card_uses_step",
        ),
        ForeignKeyConstraint(
            ["county_id", "proxy_id"],
            ["proxies.county_id", "proxies.id"],
            name="fk_card_uses_proxy",
        ),
        UniqueConstraint("county_id", "redemption_id"),
        Index("ix_card_uses_household", "county_id", "household_id", "id"),
    )

    card_id: Mapped[UUID]
    step: Mapped[int]  # where the card stood, by its lock and not by anybody's clock
    household_id: Mapped[UUID] = mapped_column(ForeignKey("households.id"))
    proxy_id: Mapped[UUID | None]  # none: one of the household stood there
    redemption_id: Mapped[UUID]  # written right after it, and refers back
    used_at: Mapped[datetime]
