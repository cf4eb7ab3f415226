"""How an official signs in at a computer: one user, whichever door they come by."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import Model, Recorded


class AccountState(StrEnum):
    ACTIVE = "active"
    SUSPENDED = "suspended"
    LEFT = "left"


class FactorKind(StrEnum):
    TOTP = "totp"


class SignInOutcome(StrEnum):
    IN = "in"
    WRONG = "wrong"  # login, password or code: nobody is told which
    LOCKED = "locked"
    CLOSED = "closed"  # suspended, left, blocked, or no password yet


class StaffAccount(Model):
    """The login of a user who works at a computer."""

    __tablename__ = "staff_accounts"
    __table_args__ = (
        UniqueConstraint("county_id", "login"),
        CheckConstraint("state IN ('active', 'suspended', 'left')", name="state_is_known"),
        CheckConstraint("state <> 'left' OR password_hash IS NULL", name="who_left_has_none"),
    )

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), primary_key=True)
    county_id: Mapped[int] = mapped_column(ForeignKey("counties.id"))
    login: Mapped[str]
    state: Mapped[AccountState]
    password_hash: Mapped[str | None]  # argon2id over an HMAC; none: a link sets it
    changed_at: Mapped[datetime | None]
    failed: Mapped[int] = mapped_column(default=0)  # wrong ones in a row
    locks: Mapped[int] = mapped_column(default=0)  # one after another, less than a day apart
    locked_at: Mapped[datetime | None]
    locked_until: Mapped[datetime | None]
    link_until: Mapped[datetime | None]  # a link may be asked for until then
    money_from: Mapped[datetime | None]  # after a recovery: no money is decided about before
    last_used_at: Mapped[datetime | None]
    made_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    made_at: Mapped[datetime]


class StaffFactor(Model):
    """What an official has besides the password."""

    __tablename__ = "staff_factors"
    __table_args__ = (CheckConstraint("kind IN ('totp')", name="kind_is_known"),)

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), primary_key=True)
    kind: Mapped[FactorKind] = mapped_column(primary_key=True)
    secret_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    last_step: Mapped[int]  # rises, so that a code works once
    confirmed_at: Mapped[datetime | None]


class RecoveryCode(Model):
    """One of ten that stand in for the phone with the factor, each once."""

    __tablename__ = "recovery_codes"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), primary_key=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    used_at: Mapped[datetime | None]


class StaffLink(Model):
    """Leave to set a password, given to the person on their own phone; works once."""

    __tablename__ = "staff_links"

    digest: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    ends_at: Mapped[datetime]


class StaffSignIn(Recorded):
    """A try to sign in at a computer."""

    __tablename__ = "sign_ins"

    login: Mapped[str]
    user_id: Mapped[UUID | None]
    at: Mapped[datetime]
    outcome: Mapped[SignInOutcome]
    network: Mapped[str]
