"""Cards, and every step of one."""

from datetime import datetime
from enum import StrEnum
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
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import Recorded
from app.register.households.models import DocumentKind

WRONG_PINS_MAX = 5  # then the card pays no more until a worker sets a new PIN


class CardState(StrEnum):
    PRINTED = "printed"  # on paper, in nobody's hands: identifies, and cannot pay
    ACTIVE = "active"  # handed over in person, with a PIN
    BLOCKED = "blocked"  # pays nothing until a worker sets a new PIN
    ENDED = "ended"  # a newer card was printed


class BlockReason(StrEnum):
    LOST = "lost"
    WRONG_PINS = "wrong_pins"
    HOUSEHOLD_CHANGED = "household_changed"  # who knows the PIN may live elsewhere now


class Card(Recorded):
    """A household's card. A household has one that has not ended.

    What the QR code says is stored as a digest only, so a card can be printed once. The number is
    printed below it, for typing, and is no secret: without the PIN neither of them pays.
    """

    __tablename__ = "cards"
    __table_args__ = (
        UniqueConstraint("county_id", "digest"),
        UniqueConstraint("county_id", "number"),
        Index(
            "uq_cards_household_current",
            "county_id",
            "household_id",
            unique=True,
            postgresql_where=text("state <> 'ended'"),
        ),
        Index("ix_cards_household", "county_id", "household_id", "id"),
        CheckConstraint(
            "state IN ('printed', 'active', 'blocked', 'ended')", name="state_is_known"
        ),
        CheckConstraint(
            "block_reason IN ('lost', 'wrong_pins', 'household_changed')",
            name="block_reason_is_known",
        ),
        CheckConstraint(
            "(state = 'blocked') = (block_reason IS NOT NULL)", name="blocked_says_why"
        ),
        CheckConstraint("(pin_salt IS NULL) = (pin_hash IS NULL)", name="pin_is_whole"),
        CheckConstraint("state <> 'active' OR pin_hash IS NOT NULL", name="active_has_a_pin"),
        CheckConstraint("state <> 'printed' OR pin_hash IS NULL", name="printed_has_no_pin"),
        CheckConstraint(f"wrong_pins BETWEEN 0 AND {WRONG_PINS_MAX}", name="wrong_pins_range"),
        CheckConstraint(
            f"wrong_pins < {WRONG_PINS_MAX} OR state IN ('blocked', 'ended')",
            name="too_many_wrong_pins_block",
        ),
    )

    household_id: Mapped[UUID] = mapped_column(ForeignKey("households.id"))
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    number: Mapped[str]  # nine digits, the last one checks the others
    state: Mapped[CardState]
    block_reason: Mapped[BlockReason | None]
    pin_salt: Mapped[bytes | None] = mapped_column(LargeBinary)
    pin_hash: Mapped[bytes | None] = mapped_column(LargeBinary)
    wrong_pins: Mapped[int]  # in a row; a right one begins anew
    step: Mapped[int]  # ordinal of the last of its steps
    printed_at: Mapped[datetime]


class CardStep(Recorded):
    """One step of a card: into which state, by whom, and at a hand-over what was seen of whom."""

    __tablename__ = "card_steps"
    __table_args__ = (
        ForeignKeyConstraint(
            ["county_id", "card_id"], ["cards.county_id", "cards.id"], name="fk_card_steps_card"
        ),
        UniqueConstraint("county_id", "card_id", "ordinal"),
        CheckConstraint(
            "state IN ('printed', 'active', 'blocked', 'ended')", name="state_is_known"
        ),
        CheckConstraint(
            "reason IN ('lost', 'wrong_pins', 'household_changed')", name="reason_is_known"
        ),
        CheckConstraint("(state = 'blocked') = (reason IS NOT NULL)", name="blocked_says_why"),
        CheckConstraint(
            "(state = 'active') = (member_id IS NOT NULL) "
            "AND (member_id IS NULL) = (document IS NULL)",
            name="a_hand_over_names_whom_and_what",
        ),
    )

    card_id: Mapped[UUID]
    ordinal: Mapped[int]  # 1 is the printing
    state: Mapped[CardState]
    at: Mapped[datetime]
    by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))  # wrong PINs: the clerk
    reason: Mapped[BlockReason | None]
    member_id: Mapped[UUID | None] = mapped_column(ForeignKey("members.id"))  # who got it
    document: Mapped[DocumentKind | None]
