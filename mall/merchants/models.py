"""Merchants, the bank accounts they are paid on, and their shops."""

from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import Registered

# Time for the true owner to notice that somebody changed where the money goes.
FREEZE_AFTER_PAYEE_CHANGE = timedelta(days=3)


class MerchantState(StrEnum):
    ACTIVE = "active"
    SUSPENDED = "suspended"  # takes no points and is paid nothing until reinstated


class Merchant(Registered):
    """A business that is paid by the county for the points it takes.

    The account it is paid on counts only once a second person has verified it.
    """

    __tablename__ = "merchants"
    __table_args__ = (
        UniqueConstraint("county_id", "licence_number"),
        CheckConstraint("state IN ('active', 'suspended')", name="state_is_known"),
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
    created_at: Mapped[datetime]

    @property
    def is_active(self) -> bool:
        return self.state is MerchantState.ACTIVE

    @property
    def is_payee_verified(self) -> bool:
        return self.payee_verified_at is not None

    @property
    def frozen_until(self) -> datetime | None:
        """The instant before which no cash-out goes to a changed account (exclusive)."""
        if self.payee_changed_at is None:
            return None
        return self.payee_changed_at + FREEZE_AFTER_PAYEE_CHANGE


class Shop(Registered):
    """A counter where points are taken. Each shop has an account of its own in the ledger."""

    __tablename__ = "shops"
    __table_args__ = (
        UniqueConstraint("merchant_id", "name"),
        Index("ix_shops_county_id_village_id", "county_id", "village_id"),
    )

    county_id: Mapped[int] = mapped_column(ForeignKey("counties.id"))
    merchant_id: Mapped[UUID] = mapped_column(ForeignKey("merchants.id"))
    village_id: Mapped[UUID] = mapped_column(ForeignKey("regions.id"))
    name: Mapped[str]
    address: Mapped[str]
    is_open: Mapped[bool]  # set by the merchant or the county; a closed shop takes no points
    created_at: Mapped[datetime]
