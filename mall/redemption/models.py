"""Pay codes that a phone shows, and the redemptions that shops make of them."""

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

LIVE = text("used_at IS NULL AND replaced_at IS NULL")


class PayCode(Recorded):
    """Leave for any one shop to take points from the household once, until it expires.

    The code itself is never stored: one digest is of the text in the QR code, the other of the
    digits to type. A user has one code at a time, and no two codes that wait share their digits.
    """

    __tablename__ = "pay_codes"
    __table_args__ = (
        UniqueConstraint("county_id", "digest"),
        Index(
            "uq_pay_codes_county_id_user_id_live",
            "county_id",
            "user_id",
            unique=True,
            postgresql_where=LIVE,
        ),
        Index(
            "uq_pay_codes_county_id_digits_digest_live",
            "county_id",
            "digits_digest",
            unique=True,
            postgresql_where=LIVE,
        ),
        Index("ix_pay_codes_county_id_digits_digest", "county_id", "digits_digest"),
        Index("ix_pay_codes_county_id_user_id_issued_at", "county_id", "user_id", "issued_at"),
        Index(
            "ix_pay_codes_expires_at_unused", "expires_at", postgresql_where=text("used_at IS NULL")
        ),
        CheckConstraint("(used_at IS NULL) = (redemption_id IS NULL)", name="used_means_paid"),
        CheckConstraint("used_at IS NULL OR replaced_at IS NULL", name="used_or_replaced"),
    )

    digest: Mapped[bytes] = mapped_column(LargeBinary)
    digits_digest: Mapped[bytes] = mapped_column(LargeBinary)
    household_id: Mapped[UUID] = mapped_column(ForeignKey("households.id"))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    replaced_at: Mapped[datetime | None]  # the user asked for a newer code
    used_at: Mapped[datetime | None]
    redemption_id: Mapped[UUID | None]


class RedemptionState(StrEnum):
    PAID = "paid"
    VOID = "void"  # the points went back to the household


class Means(StrEnum):
    """What the household pays with."""

    PAY_CODE = "pay_code"  # the phone shows a code, the shop scans it
    SHOP_CODE = "shop_code"  # the shop's printed code, scanned by the phone; no clerk takes part
    CARD = "card"


class Redemption(Recorded):
    """Points that a household paid at a shop. They move in the transaction that writes this row."""

    __tablename__ = "redemptions"
    __table_args__ = (
        UniqueConstraint("county_id", "pay_code_id"),
        ForeignKeyConstraint(
            ["county_id", "pay_code_id"],
            ["pay_codes.county_id", "pay_codes.id"],
            name="fk_redemptions_pay_code",
        ),
        ForeignKeyConstraint(
            ["county_id", "card_use_id"],
            ["card_uses.county_id", "card_uses.id"],
            name="fk_redemptions_card_use",
        ),
        UniqueConstraint("county_id", "card_use_id"),
        CheckConstraint("points > 0", name="points_positive"),
        CheckConstraint(
            "CASE means"
            " WHEN 'pay_code' THEN pay_code_id IS NOT NULL AND card_use_id IS NULL"
            " AND user_id IS NOT NULL AND clerk_id IS NOT NULL"
            " WHEN 'shop_code' THEN pay_code_id IS NULL AND card_use_id IS NULL"
            " AND user_id IS NOT NULL AND clerk_id IS NULL"
            " WHEN 'card' THEN pay_code_id IS NULL AND card_use_id IS NOT NULL"
            " AND clerk_id IS NOT NULL"
            " ELSE false END",
            name="means_names_what_paid",
        ),
        CheckConstraint("state IN ('paid', 'void')", name="state_is_known"),
        Index("ix_redemptions_household", "county_id", "household_id", "id"),
        Index("ix_redemptions_shop", "county_id", "shop_id", "id"),
        Index("ix_redemptions_paid_at", "county_id", "paid_at"),
    )

    household_id: Mapped[UUID] = mapped_column(ForeignKey("households.id"))
    # Whose phone it was; none only for a card.
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    shop_id: Mapped[UUID] = mapped_column(ForeignKey("shops.id"))
    clerk_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    means: Mapped[Means] = mapped_column(server_default=Means.PAY_CODE.value)
    pay_code_id: Mapped[UUID | None]
    card_use_id: Mapped[UUID | None]  # the use of a household card that it rests on
    points: Mapped[int]  # what the household paid; a funder's part is a subsidy
    state: Mapped[RedemptionState]
    paid_at: Mapped[datetime]

    @property
    def reference(self) -> str:
        """Its name in the ledger, and among the subsidies."""
        return f"redemption:{self.id}"
