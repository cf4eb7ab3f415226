"""Merchants, the bank accounts they are paid on, and their shops."""

from datetime import date, datetime, time, timedelta
from enum import StrEnum
from hashlib import sha256
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    Date,
    Double,
    ForeignKey,
    Index,
    LargeBinary,
    SmallInteger,
    Time,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import Model, Recorded, Registered
from app.kernel.decisions import Proposed, two_people

# Time for the true owner to notice that somebody changed where the money goes; and for the county
# to hear that a merchant which it has just admitted is none.
FREEZE_OF_PAYEE = timedelta(days=3)
IS_NEW_FOR = timedelta(days=30)


class MerchantState(StrEnum):
    APPROVED = "approved"  # its application is; it begins once a second person verified its account
    ACTIVE = "active"
    SUSPENDED = "suspended"  # takes no points and is paid nothing until reinstated


class Merchant(Registered):
    """A business that is paid by the county for the points it takes.

    The account it is paid on counts only once a second person has verified it.
    """

    __tablename__ = "merchants"
    __table_args__ = (
        UniqueConstraint("county_id", "licence_number"),
        CheckConstraint("state IN ('approved', 'active', 'suspended')", name="state_is_known"),
        CheckConstraint(
            "state <> 'approved' OR approved_by IS NOT NULL", name="approved_by_somebody"
        ),
        CheckConstraint(
            "(payee_verified_by IS NULL) = (payee_verified_at IS NULL)",
            name="verification_is_whole",
        ),
        CheckConstraint("payee_verified_by <> payee_entered_by", name="payee_has_two_people"),
    )

    county_id: Mapped[int] = mapped_column(ForeignKey("counties.id"))
    name: Mapped[str]
    licence_number: Mapped[str]  # 统一社会信用代码 of the business licence
    state: Mapped[MerchantState]
    payee_name: Mapped[str]  # the account's holder, as the bank knows them
    payee_account_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    payee_account_tail: Mapped[str]  # its last four digits, all that is ever shown
    payee_bank: Mapped[str]
    payee_entered_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    payee_entered_at: Mapped[datetime]
    payee_verified_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    payee_verified_at: Mapped[datetime | None]
    payee_changed_at: Mapped[datetime | None]  # none: still the account of the registration
    first_verified_at: Mapped[datetime | None]  # since when there is an account to pay it on
    contact_phone_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    # Who approved its application; none: the county registered it without one.
    approved_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime]

    @property
    def is_active(self) -> bool:
        return self.state is MerchantState.ACTIVE

    @property
    def payee_digest(self) -> str:
        """All of where it is paid, by whose word: the trace keeps it, and the proof compares."""
        verified_by = self.payee_verified_by or ""
        said = f"|{self.payee_name}|{self.payee_bank}|{self.payee_entered_by}|{verified_by}"
        return sha256(self.payee_account_sealed + said.encode()).hexdigest()

    @property
    def is_payee_verified(self) -> bool:
        return self.payee_verified_at is not None

    @property
    def frozen_until(self) -> datetime | None:
        """The instant before which no cash-out goes to a new or changed account (exclusive)."""
        since = [at for at in (self.first_verified_at, self.payee_changed_at) if at is not None]
        return max(since) + FREEZE_OF_PAYEE if since else None

    def is_new(self, at: datetime) -> bool:
        """Whether it has been paid for less than a month."""
        return self.first_verified_at is None or at < self.first_verified_at + IS_NEW_FOR


class ApplicationState(StrEnum):
    APPLIED = "applied"
    APPROVED = "approved"
    REJECTED = "rejected"  # its applicant may apply again


class MerchantApplication(Proposed, Registered):
    """Somebody asks to become a merchant; the county looks at the licence and decides."""

    __tablename__ = "merchant_applications"
    __table_args__ = (
        CheckConstraint("state IN ('applied', 'approved', 'rejected')", name="state_is_known"),
        *two_people(maker="applied_by", is_open="state = 'applied'"),
        CheckConstraint(
            "(state = 'rejected') = (reason IS NOT NULL)", name="rejected_for_a_reason"
        ),
        CheckConstraint("(state = 'approved') = (merchant_id IS NOT NULL)", name="made_a_merchant"),
        Index(
            "uq_merchant_applications_open_licence",
            "county_id",
            "licence_number",
            unique=True,
            postgresql_where=text("state = 'applied'"),
        ),
        Index(
            "uq_merchant_applications_open_applicant",
            "applied_by",
            unique=True,
            postgresql_where=text("state = 'applied'"),
        ),
        Index("ix_merchant_applications_county_id", "county_id", "id"),
    )
    CONTENT = ("name", "licence_number", "payee_name", "payee_account_tail", "payee_bank")

    county_id: Mapped[int] = mapped_column(ForeignKey("counties.id"))
    name: Mapped[str]  # of the business
    licence_number: Mapped[str]
    contact_phone_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    payee_name: Mapped[str]
    payee_account_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    payee_account_tail: Mapped[str]
    payee_bank: Mapped[str]
    state: Mapped[ApplicationState]
    proposed_by: Mapped[UUID] = mapped_column("applied_by", ForeignKey("users.id"))
    proposed_at: Mapped[datetime] = mapped_column("applied_at")
    reason: Mapped[str | None]  # why it was rejected, for the applicant to read
    merchant_id: Mapped[UUID | None] = mapped_column(ForeignKey("merchants.id"))


class MerchantVisit(Recorded):
    """Somebody stood before a shop and showed it, with the licence on its wall. Never altered."""

    __tablename__ = "merchant_visits"
    __table_args__ = (
        CheckConstraint(
            "latitude BETWEEN -90 AND 90 AND longitude BETWEEN -180 AND 180", name="place_on_earth"
        ),
        CheckConstraint("length(photo_sha256) = 32", name="photo_sha256_is_whole"),
        Index("ix_merchant_visits_licence", "county_id", "licence_number", "id"),
    )

    licence_number: Mapped[str]  # there may be no application yet, and no merchant
    photo_sha256: Mapped[bytes] = mapped_column(LargeBinary)  # of the upload; its file has our id
    # Where the visitor's phone was.
    latitude: Mapped[float] = mapped_column(Double)
    longitude: Mapped[float] = mapped_column(Double)
    checked_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    checked_at: Mapped[datetime]


class ShopKind(StrEnum):
    COUNTER = "counter"  # people come and take what they chose
    MALL = "mall"  # the county's central mall: it delivers to every village


class Shop(Registered):
    """A counter where points are taken. Each shop has an account of its own in the ledger."""

    __tablename__ = "shops"
    __table_args__ = (
        UniqueConstraint("merchant_id", "name"),
        UniqueConstraint("id", "merchant_id"),  # what an offer's shop is bound to
        CheckConstraint("kind IN ('counter', 'mall')", name="kind_is_known"),
        CheckConstraint(
            "(latitude IS NULL) = (longitude IS NULL) "
            "AND latitude BETWEEN -90 AND 90 AND longitude BETWEEN -180 AND 180",
            name="place_is_whole",
        ),
        Index("ix_shops_county_id_village_id", "county_id", "village_id"),
    )

    county_id: Mapped[int] = mapped_column(ForeignKey("counties.id"))
    merchant_id: Mapped[UUID] = mapped_column(ForeignKey("merchants.id"))
    village_id: Mapped[UUID] = mapped_column(ForeignKey("regions.id"))
    name: Mapped[str]
    kind: Mapped[ShopKind] = mapped_column(
        default=ShopKind.COUNTER, server_default=ShopKind.COUNTER.value
    )
    address: Mapped[str]
    # Where it is, in degrees (GCJ-02, as the phone's map shows it): a shop's place is public.
    latitude: Mapped[float | None] = mapped_column(Double)
    longitude: Mapped[float | None] = mapped_column(Double)
    is_open: Mapped[bool]  # set by the merchant or the county; a closed shop takes no points
    created_at: Mapped[datetime]


class ShopHours(Model):
    """A stretch of a weekday in which a shop serves. A lunch break makes two of a day."""

    __tablename__ = "shop_hours"
    __table_args__ = (
        CheckConstraint("weekday BETWEEN 1 AND 7", name="weekday_is_known"),
        CheckConstraint(
            "opens_at < closes_at OR closes_at = '00:00'"
            " OR closes_at <= '06:00' AND closes_at <> opens_at",
            name="opens_before_it_closes",
        ),
    )

    shop_id: Mapped[UUID] = mapped_column(ForeignKey("shops.id"), primary_key=True)
    weekday: Mapped[int] = mapped_column(SmallInteger, primary_key=True)  # 1: Monday
    opens_at: Mapped[time] = mapped_column(Time, primary_key=True)  # by China's clock
    closes_at: Mapped[time] = mapped_column(Time)  # exclusive; not after opens_at: of the next day


class ShopClosedDay(Model):
    """A day on which a shop stays closed whatever its hours say."""

    __tablename__ = "shop_closed_days"

    shop_id: Mapped[UUID] = mapped_column(ForeignKey("shops.id"), primary_key=True)
    on_day: Mapped[date] = mapped_column(Date, primary_key=True)
