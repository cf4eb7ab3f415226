"""Users, the WeChat accounts they sign in with, their tokens, and the roles granted to them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import Model, Registered
from app.register.identity.roles import Role


class User(Registered):
    """A person who uses Fen: somebody who signed in, or staff entered before they did."""

    __tablename__ = "users"
    __table_args__ = (
        CheckConstraint("(phone_sealed IS NULL) = (phone_index IS NULL)", name="phone_is_whole"),
        Index(
            "uq_users_county_id_phone_index",
            "county_id",
            "phone_index",
            unique=True,
            postgresql_where=text("phone_index IS NOT NULL"),
        ),
    )

    county_id: Mapped[int] = mapped_column(ForeignKey("counties.id"))
    name: Mapped[str | None]  # of staff; a resident's name is with the household
    phone_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    phone_index: Mapped[bytes | None] = mapped_column(LargeBinary)
    # Who this is, once a binding has said so; none: nobody knows.
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"), index=True)
    is_blocked: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]


class WechatAccount(Model):
    """A WeChat account of one mini-program, and the user it signs in as."""

    __tablename__ = "wechat_accounts"

    appid: Mapped[str] = mapped_column(primary_key=True)
    openid: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), index=True)
    created_at: Mapped[datetime]


class Session(Model):
    """A signed-in device. The token itself is never stored, only its SHA-256."""

    __tablename__ = "sessions"

    digest: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]  # slides with use


class StaffSession(Registered):
    """Somebody at a computer (``staff``). The token is never stored, only its SHA-256."""

    __tablename__ = "staff_sessions"

    digest: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), index=True)
    made_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    idle_minutes: Mapped[int]  # unused so long it ends
    ends_at: Mapped[datetime]  # whatever is done
    needs_factor: Mapped[bool]  # until one was given it admits to nothing else
    factor_at: Mapped[datetime | None]
    agent: Mapped[str]
    network: Mapped[str]


class RoleGrant(Registered):
    """A role that a user holds in a region, at a shop or for a merchant, until it is revoked."""

    __tablename__ = "role_grants"
    __table_args__ = (
        Index(
            "uq_role_grants_user_id_role_place_id",
            "user_id",
            "role",
            "place_id",
            unique=True,
            postgresql_where=text("revoked_at IS NULL"),
        ),
    )

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    role: Mapped[Role]
    place_id: Mapped[UUID]  # a region, a shop or a merchant, as the role demands
    granted_by: Mapped[UUID | None] = mapped_column(
        ForeignKey("users.id")
    )  # none: the command line
    granted_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
