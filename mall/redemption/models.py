"""Pay codes that a phone shows, codes that shops hang up, and the redemptions made with them."""

from datetime import datetime
from enum import StrEnum
from typing import Any
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

from app.kernel.db import Recorded, Registered

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
    # The user asked for a newer code; or a payment waits for their yes, which ends it for others.
    replaced_at: Mapped[datetime | None]
    used_at: Mapped[datetime | None]
    redemption_id: Mapped[UUID | None]


class RedemptionState(StrEnum):
    PAID = "paid"
    VOID = "void"  # the points went back to the household


class VoidReason(StrEnum):
    """Why a shop takes a redemption back, to be chosen and counted."""

    WRONG_GOODS = "wrong_goods"
    WRONG_AMOUNT = "wrong_amount"
    NOT_WANTED = "not_wanted"
    OTHER = "other"

    @property
    def words(self) -> str:
        return _VOIDED[self]


_VOIDED = {
    VoidReason.WRONG_GOODS: "拿错了",
    VoidReason.WRONG_AMOUNT: "打错了",
    VoidReason.NOT_WANTED: "不要了",
    VoidReason.OTHER: "别的",
}


class PaymentMethod(StrEnum):
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
            "num_nonnulls(pay_code_id, shop_code_id, card_use_id) = 1 AND CASE means"
            " WHEN 'pay_code' THEN num_nonnulls(pay_code_id, user_id, clerk_id) = 3"
            " WHEN 'shop_code' THEN num_nonnulls(shop_code_id, user_id) = 2 AND clerk_id IS NULL"
            " WHEN 'card' THEN num_nonnulls(card_use_id, clerk_id) = 2"
            " ELSE false END",
            name="means_names_what_paid",
        ),
        CheckConstraint("state IN ('paid', 'void')", name="state_is_known"),
        CheckConstraint(
            "num_nonnulls(voided_at, voided_by, void_reason) IN (0, 3)"
            " AND (voided_at IS NULL OR state = 'void')",
            name="void_has_who_when_and_why",
        ),
        Index("ix_redemptions_household", "county_id", "household_id", "id"),
        Index("ix_redemptions_shop", "county_id", "shop_id", "id"),
        Index("ix_redemptions_paid_at", "county_id", "paid_at"),
        Index("ix_redemptions_shop_day", "county_id", "shop_id", "paid_at"),
    )

    household_id: Mapped[UUID] = mapped_column(ForeignKey("households.id"))
    # Whose phone it was; none only for a card.
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    shop_id: Mapped[UUID] = mapped_column(ForeignKey("shops.id"))
    clerk_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    payment_method: Mapped[PaymentMethod] = mapped_column(
        "means", server_default=PaymentMethod.PAY_CODE.value
    )
    pay_code_id: Mapped[UUID | None]
    shop_code_id: Mapped[UUID | None] = mapped_column(ForeignKey("shop_codes.id"))
    card_use_id: Mapped[UUID | None]  # the use of a household card that it rests on
    points: Mapped[int]  # what the household paid; a funder's part is a subsidy
    state: Mapped[RedemptionState]
    paid_at: Mapped[datetime]
    # Taken back by the shop on the same day; a reversal of the staff leaves these empty.
    voided_at: Mapped[datetime | None]
    voided_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    void_reason: Mapped[str | None]

    @property
    def reference(self) -> str:
        """Its name in the ledger, and among the subsidies."""
        return f"redemption:{self.id}"


class RedemptionLine(Recorded):
    """Goods that were bought, as they were called and priced at that moment."""

    __tablename__ = "redemption_lines"
    __table_args__ = (
        UniqueConstraint("county_id", "redemption_id", "position"),
        ForeignKeyConstraint(
            ["county_id", "redemption_id"],
            ["redemptions.county_id", "redemptions.id"],
            name="fk_redemption_lines_redemption",
        ),
        CheckConstraint("quantity > 0 AND price_fen > 0", name="something_was_bought"),
    )

    redemption_id: Mapped[UUID]
    position: Mapped[int]  # on the slip, from 1
    goods_id: Mapped[UUID | None]  # in the shop's catalogue, if it came from there
    name: Mapped[str]
    quantity: Mapped[int]
    price_fen: Mapped[int]  # the market price of one


class PendingState(StrEnum):
    WAITING = "waiting"
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    LAPSED = "lapsed"  # nobody answered in time


class PendingPayment(Recorded):
    """A payment above the county's limit, which the user whose code it was must say yes to.

    Nothing moves and nothing is held before. The code is spent on it, whatever becomes of it.
    """

    __tablename__ = "pending_payments"
    __table_args__ = (
        UniqueConstraint("county_id", "pay_code_id"),
        ForeignKeyConstraint(
            ["county_id", "pay_code_id"],
            ["pay_codes.county_id", "pay_codes.id"],
            name="fk_pending_payments_pay_code",
        ),
        CheckConstraint("points > 0 AND subsidy_fen >= 0", name="amounts_make_sense"),
        CheckConstraint(
            "state IN ('waiting', 'confirmed', 'declined', 'lapsed')", name="state_is_known"
        ),
        CheckConstraint("(state = 'waiting') = (decided_at IS NULL)", name="what_waits_is_open"),
        CheckConstraint(
            "(state = 'confirmed') = (redemption_id IS NOT NULL)", name="confirmed_means_paid"
        ),
        CheckConstraint("(subsidy_fen > 0) = (campaign_id IS NOT NULL)", name="a_campaign_pays"),
        Index("ix_pending_payments_user", "county_id", "user_id", "id"),
        Index(
            "ix_pending_payments_waiting", "lapses_at", postgresql_where=text("state = 'waiting'")
        ),
    )

    pay_code_id: Mapped[UUID]
    household_id: Mapped[UUID] = mapped_column(ForeignKey("households.id"))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))  # who must say yes
    shop_id: Mapped[UUID] = mapped_column(ForeignKey("shops.id"))
    clerk_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    points: Mapped[int]
    market_price_fen: Mapped[int | None]  # none: no campaign is asked
    campaign_id: Mapped[UUID | None] = mapped_column(ForeignKey("campaigns.id"))
    subsidy_fen: Mapped[int]  # what the campaign's funder is to pay, as the customer was told
    lines: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)  # goods, once it is paid
    state: Mapped[PendingState]
    asked_at: Mapped[datetime]
    lapses_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    redemption_id: Mapped[UUID | None]


class ShopCode(Registered):
    """The code that a shop hangs up for its customers to scan. A shop has one at a time.

    The token is kept in clear, because it hangs on a wall: it lets people pay the shop, and
    nothing else.
    """

    __tablename__ = "shop_codes"
    __table_args__ = (
        Index(
            "uq_shop_codes_shop_id_live",
            "shop_id",
            unique=True,
            postgresql_where=text("replaced_at IS NULL"),
        ),
    )

    county_id: Mapped[int] = mapped_column(ForeignKey("counties.id"))
    shop_id: Mapped[UUID] = mapped_column(ForeignKey("shops.id"))
    token: Mapped[str] = mapped_column(unique=True)
    made_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    made_at: Mapped[datetime]
    replaced_at: Mapped[datetime | None]  # from then on it pays no more
