"""Platforms, the kinds of voucher they sell, their codes, and what households bought."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import Recorded, Registered, Turns
from app.kernel.decisions import Decided, two_people


class Adapter(StrEnum):
    """How the outside is reached, see ``mall.vouchers.outside``."""

    CODES = "codes"  # voucher codes that the county imports in batches


class Platform(Turns, Registered):
    """A chain store or online mall outside. A merchant is paid for it, at a shop of its own."""

    __tablename__ = "voucher_platforms"
    __table_args__ = (
        UniqueConstraint("county_id", "name"),
        UniqueConstraint("shop_id"),
        CheckConstraint("adapter IN ('codes')", name="adapter_is_known"),
        ForeignKeyConstraint(
            ["shop_id", "merchant_id"],
            ["shops.id", "shops.merchant_id"],
            name="fk_voucher_platforms_shop",
        ),
    )

    county_id: Mapped[int] = mapped_column(ForeignKey("counties.id"))
    merchant_id: Mapped[UUID] = mapped_column(ForeignKey("merchants.id"))  # who is paid
    shop_id: Mapped[UUID]  # of kind mall: its account takes the points
    name: Mapped[str]
    adapter: Mapped[Adapter]
    entered_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    entered_at: Mapped[datetime]


class KindState(StrEnum):
    LISTED = "listed"
    WITHDRAWN = "withdrawn"  # for good; what was bought of it stays good


class VoucherKind(Registered):
    """A kind of voucher of one platform, at one price."""

    __tablename__ = "voucher_kinds"
    __table_args__ = (
        UniqueConstraint("id", "platform_id"),  # what a code's kind is bound to
        UniqueConstraint("platform_id", "name"),
        CheckConstraint("points_price > 0", name="points_price_positive"),
        CheckConstraint("points_price <= market_price_fen", name="settled_at_most_at_market_price"),
        CheckConstraint("month_limit > 0", name="month_limit_positive"),
        CheckConstraint("low_mark >= 0", name="low_mark_not_negative"),
        CheckConstraint("state IN ('listed', 'withdrawn')", name="state_is_known"),
        Index("ix_voucher_kinds_county_id", "county_id", "id"),
    )

    county_id: Mapped[int] = mapped_column(ForeignKey("counties.id"))
    platform_id: Mapped[UUID] = mapped_column(ForeignKey("voucher_platforms.id"))
    state: Mapped[KindState]
    name: Mapped[str]
    value: Mapped[str]  # what it is good for, in words: 满 20 元可抵 20 元
    market_price_fen: Mapped[int]  # what everybody pays for it in money
    points_price: Mapped[int]  # what a household pays, and what the merchant is paid in fen
    last_on: Mapped[date]  # last day of codes whose file names none
    terms: Mapped[str]
    month_limit: Mapped[int | None]  # a household's, in a month of China; none: no limit
    # Whose residents may buy it; empty: the whole county's.
    buyer_region_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    low_mark: Mapped[int]  # the county is told when fewer are left; 0: never
    entered_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    entered_at: Mapped[datetime]


class VoucherPrice(Recorded):
    """What a kind cost from a moment on, as two people agreed. Never altered; the newest holds."""

    __tablename__ = "voucher_prices"
    __table_args__ = (
        CheckConstraint("points_price > 0", name="points_price_positive"),
        CheckConstraint("points_price <= market_price_fen", name="settled_at_most_at_market_price"),
        ForeignKeyConstraint(
            ["county_id", "proposal_id"],
            ["proposals.county_id", "proposals.id"],
            name="fk_voucher_prices_proposal",
        ),
        Index("ix_voucher_prices_kind", "county_id", "kind_id", "set_at"),
    )

    kind_id: Mapped[UUID] = mapped_column(ForeignKey("voucher_kinds.id"))
    points_price: Mapped[int]
    market_price_fen: Mapped[int]
    month_limit: Mapped[int | None]
    # Whose two people agreed to it; none: the first price of a kind from before this table.
    proposal_id: Mapped[UUID | None]
    set_at: Mapped[datetime]


class VoucherBatch(Recorded):
    """A file of codes that one person imported, sold from when another agrees. Never altered."""

    __tablename__ = "voucher_batches"
    __table_args__ = (
        UniqueConstraint("county_id", "kind_id", "sha256"),
        CheckConstraint("count > 0", name="count_positive"),
        CheckConstraint("length(sha256) = 32", name="sha256_is_whole"),
    )

    kind_id: Mapped[UUID] = mapped_column(ForeignKey("voucher_kinds.id"))
    sha256: Mapped[bytes] = mapped_column(LargeBinary)  # of the file
    count: Mapped[int]
    imported_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    imported_at: Mapped[datetime]
    # Two people stand behind it; not so what was imported before that was asked.
    is_proposed: Mapped[bool] = mapped_column(default=True)


class CodeState(StrEnum):
    WAITING = "waiting"  # nobody but who imported it has agreed to its batch
    FREE = "free"
    SOLD = "sold"
    EXPIRED = "expired"  # its last day passed before anybody bought it
    FAULTY = "faulty"  # it was sold and did not work, as two people found


class VoucherCode(Recorded):
    """One code, sealed. Nobody but the household that bought it ever reads it."""

    __tablename__ = "voucher_codes"
    __table_args__ = (
        UniqueConstraint("county_id", "platform_id", "code_index"),
        ForeignKeyConstraint(
            ["kind_id", "platform_id"],
            ["voucher_kinds.id", "voucher_kinds.platform_id"],
            name="fk_voucher_codes_kind",
        ),
        ForeignKeyConstraint(
            ["county_id", "batch_id"],
            ["voucher_batches.county_id", "voucher_batches.id"],
            name="fk_voucher_codes_batch",
        ),
        CheckConstraint(
            "state IN ('waiting', 'free', 'sold', 'expired', 'faulty')", name="state_is_known"
        ),
        CheckConstraint("length(code_index) = 32", name="code_index_is_whole"),
        Index(
            "ix_voucher_codes_free",
            "county_id",
            "kind_id",
            "last_on",
            "id",
            postgresql_where=text("state = 'free'"),
        ),
        Index("ix_voucher_codes_kind", "county_id", "kind_id", "state"),
        Index("ix_voucher_codes_batch", "county_id", "batch_id"),
    )

    platform_id: Mapped[UUID]
    kind_id: Mapped[UUID]
    batch_id: Mapped[UUID]
    row_number: Mapped[int]  # in its file, by which the platform finds it without being told it
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    code_index: Mapped[bytes] = mapped_column(LargeBinary)  # blind: equal codes have equal ones
    tail: Mapped[str]  # its last characters, for the platform's bill
    last_on: Mapped[date]  # the last day on which the platform takes it
    state: Mapped[CodeState]


class PurchaseState(StrEnum):
    BOUGHT = "bought"
    REFUNDED = "refunded"  # the code did not work: the points went back


class VoucherPurchase(Recorded):
    """A voucher that a household bought. Its points move in the transaction of this row."""

    __tablename__ = "voucher_purchases"
    __table_args__ = (
        UniqueConstraint("county_id", "code_id"),
        ForeignKeyConstraint(
            ["county_id", "code_id"],
            ["voucher_codes.county_id", "voucher_codes.id"],
            name="fk_voucher_purchases_code",
        ),
        ForeignKeyConstraint(
            ["county_id", "price_id"],
            ["voucher_prices.county_id", "voucher_prices.id"],
            name="fk_voucher_purchases_price",
        ),
        CheckConstraint("points > 0", name="points_positive"),
        CheckConstraint("state IN ('bought', 'refunded')", name="state_is_known"),
        CheckConstraint(
            "(state = 'refunded') = (refunded_at IS NOT NULL)", name="refunded_means_when"
        ),
        Index("ix_voucher_purchases_household", "county_id", "household_id", "id"),
        Index("ix_voucher_purchases_shop", "county_id", "shop_id", "bought_at"),
    )

    household_id: Mapped[UUID] = mapped_column(ForeignKey("households.id"))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    kind_id: Mapped[UUID] = mapped_column(ForeignKey("voucher_kinds.id"))
    shop_id: Mapped[UUID] = mapped_column(ForeignKey("shops.id"))  # the platform's, which is paid
    code_id: Mapped[UUID]  # the one that is good now: another one after a claim
    price_id: Mapped[UUID | None]  # the version that it cost; none: bought before there were any
    points: Mapped[int]
    market_price_fen: Mapped[int]  # as it was that day
    state: Mapped[PurchaseState]
    bought_at: Mapped[datetime]
    refunded_at: Mapped[datetime | None]
    used_at: Mapped[datetime | None]  # the household's own note; nothing follows from it

    @property
    def reference(self) -> str:
        """Its name in the ledger."""
        return f"voucher:{self.id}"


class VoucherViewing(Recorded):
    """Somebody of the buying household looked at the code. Never altered."""

    __tablename__ = "voucher_viewings"
    __table_args__ = (
        ForeignKeyConstraint(
            ["county_id", "purchase_id"],
            ["voucher_purchases.county_id", "voucher_purchases.id"],
            name="fk_voucher_viewings_purchase",
        ),
        ForeignKeyConstraint(
            ["county_id", "code_id"],
            ["voucher_codes.county_id", "voucher_codes.id"],
            name="fk_voucher_viewings_code",
        ),
        Index("ix_voucher_viewings_purchase", "county_id", "purchase_id", "id"),
    )

    purchase_id: Mapped[UUID]
    code_id: Mapped[UUID]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    viewed_at: Mapped[datetime]


class ClaimState(StrEnum):
    OPEN = "open"
    PROPOSED = "proposed"  # one person has proposed what to do
    DECIDED = "decided"  # another has agreed


class Outcome(StrEnum):
    REFUND = "refund"  # the points go back
    ANOTHER = "another"  # another code of the kind
    REFUSED = "refused"  # the code works


class VoucherClaim(Decided, Recorded):
    """The household says that its code did not work. A code is claimed once."""

    __tablename__ = "voucher_claims"
    __table_args__ = (
        UniqueConstraint("county_id", "code_id"),
        ForeignKeyConstraint(
            ["county_id", "purchase_id"],
            ["voucher_purchases.county_id", "voucher_purchases.id"],
            name="fk_voucher_claims_purchase",
        ),
        ForeignKeyConstraint(
            ["county_id", "code_id"],
            ["voucher_codes.county_id", "voucher_codes.id"],
            name="fk_voucher_claims_code",
        ),
        CheckConstraint("state IN ('open', 'proposed', 'decided')", name="state_is_known"),
        CheckConstraint("outcome IN ('refund', 'another', 'refused')", name="outcome_is_known"),
        CheckConstraint(
            "(state = 'open') = (outcome IS NULL) AND (outcome IS NULL) = (note IS NULL) "
            "AND (outcome IS NULL) = (proposed_by IS NULL) "
            "AND (outcome IS NULL) = (proposed_at IS NULL)",
            name="proposal_is_whole",
        ),
        *two_people(is_open="state <> 'decided'"),
        Index("ix_voucher_claims_purchase", "county_id", "purchase_id"),
    )
    CONTENT = ("purchase_id", "code_id", "outcome", "note")

    purchase_id: Mapped[UUID]
    household_id: Mapped[UUID] = mapped_column(ForeignKey("households.id"))
    code_id: Mapped[UUID]  # the one that did not work
    reason: Mapped[str]  # the household's words
    state: Mapped[ClaimState]
    claimed_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    claimed_at: Mapped[datetime]
    outcome: Mapped[Outcome | None]
    note: Mapped[str | None]  # why, for the household to read
    proposed_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    proposed_at: Mapped[datetime | None]
