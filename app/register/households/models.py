"""Real-name households, their members, and the users bound to them."""

from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import (
    BindParameter,
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    UniqueConstraint,
    or_,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import Model, Registered


class Household(Registered):
    """A household of the roster. It owns the points; any bound member may spend them."""

    __tablename__ = "households"
    __table_args__ = (
        CheckConstraint("member_count > 0", name="member_count_positive"),
        ForeignKeyConstraint(
            ["liaison_id"], ["members.id"], name="fk_households_liaison_id", use_alter=True
        ),
    )

    county_id: Mapped[int] = mapped_column(ForeignKey("counties.id"))
    village_id: Mapped[UUID] = mapped_column(ForeignKey("regions.id"), index=True)
    group_id: Mapped[UUID] = mapped_column(ForeignKey("regions.id"), index=True)
    door_number: Mapped[str]
    member_count: Mapped[int]  # people who live there, as the roster says
    is_party_household: Mapped[bool]
    # The party member who visits and helps this household.
    liaison_id: Mapped[UUID | None] = mapped_column(index=True)
    created_at: Mapped[datetime]


class Member(Registered):
    """A person of a household. Exactly one member is its head (户主)."""

    __tablename__ = "members"
    __table_args__ = (
        UniqueConstraint("county_id", "id_number_index"),
        Index(
            "uq_members_household_id_head",
            "household_id",
            unique=True,
            postgresql_where=text("is_head"),
        ),
        Index("ix_members_county_id_phone_index", "county_id", "phone_index"),
        CheckConstraint(
            "(id_number_sealed IS NULL) = (id_number_index IS NULL)", name="id_number_is_whole"
        ),
        CheckConstraint("(phone_sealed IS NULL) = (phone_index IS NULL)", name="phone_is_whole"),
        CheckConstraint(
            "NOT is_head OR id_number_index IS NOT NULL", name="a_head_has_a_real_name"
        ),
    )

    county_id: Mapped[int] = mapped_column(ForeignKey("counties.id"))
    household_id: Mapped[UUID] = mapped_column(ForeignKey("households.id"), index=True)
    # Who this is; none: their ID number is not known.
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"), index=True)
    name: Mapped[str]
    id_number_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    id_number_index: Mapped[bytes | None] = mapped_column(LargeBinary)
    phone_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    phone_index: Mapped[bytes | None] = mapped_column(LargeBinary)
    is_head: Mapped[bool]
    is_party_member: Mapped[bool]
    created_at: Mapped[datetime]


class BindingMethod(StrEnum):
    PHONE = "phone"  # WeChat's phone number matched the roster
    IN_PERSON = "in_person"  # a village worker saw a document


class DocumentKind(StrEnum):
    """What a village worker looked at. No copy is kept."""

    ID_CARD = "id_card"
    HOUSEHOLD_REGISTER = "household_register"
    SOCIAL_SECURITY_CARD = "social_security_card"


class Binding(Registered):
    """A user acts for a household: who verified it, when, and by what."""

    __tablename__ = "bindings"
    __table_args__ = (
        Index(
            "uq_bindings_user_id_open",
            "user_id",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
        CheckConstraint(
            "(method = 'in_person') = (verified_by IS NOT NULL AND document IS NOT NULL)",
            name="in_person_names_who_and_what",
        ),
    )

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    household_id: Mapped[UUID] = mapped_column(ForeignKey("households.id"), index=True)
    member_id: Mapped[UUID] = mapped_column(ForeignKey("members.id"))
    method: Mapped[BindingMethod]
    verified_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    document: Mapped[DocumentKind | None]
    bound_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class BindingCode(Model):
    """Six digits on a resident's phone that a village worker types to bind it in person."""

    __tablename__ = "binding_codes"

    digest: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), unique=True)
    expires_at: Mapped[datetime]


class RelationKind(StrEnum):
    KIN = "kin"  # by blood or marriage
    INTEREST = "interest"  # anything else that makes them no fair judge of each other


# A relation counts so long after its end, so that it is not ended for the sake of one decision.
RELATED_FOR = timedelta(days=365)


class HouseholdRelation(Registered):
    """Two households that do not judge each other, as an administrator entered it."""

    __tablename__ = "household_relations"
    __table_args__ = (
        CheckConstraint("kind IN ('kin', 'interest')", name="kind_is_known"),
        CheckConstraint("household_id < other_id", name="each_pair_once"),
        CheckConstraint("(ended_by IS NULL) = (ended_at IS NULL)", name="end_is_whole"),
        Index(
            "uq_household_relations_open",
            "household_id",
            "other_id",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index("ix_household_relations_other_id", "other_id"),
    )

    household_id: Mapped[UUID] = mapped_column(ForeignKey("households.id"))  # the smaller id
    other_id: Mapped[UUID] = mapped_column(ForeignKey("households.id"))
    kind: Mapped[RelationKind]
    entered_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    entered_at: Mapped[datetime]
    ended_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    ended_at: Mapped[datetime | None]

    @classmethod
    def counts(cls, at: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
        """Whether it keeps the two apart at this moment: it is open, or ended within a year."""
        return or_(cls.ended_at.is_(None), cls.ended_at > at - RELATED_FOR)
