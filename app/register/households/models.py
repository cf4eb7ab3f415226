"""Real-name households, their members, and the users bound to them."""

from datetime import date, datetime, timedelta
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


class HouseholdState(StrEnum):
    LIVING = "living"
    AWAY = "away"  # left the county: keeps its points and card, and earns nothing
    ESTATE = "estate"  # its last member has died: points wait for heirs
    CLOSED = "closed"  # its people live in another one, or nobody is left


class Household(Registered):
    """A household of the roster. It owns the points; any bound member may spend them.

    It never ends: what refers to it goes on referring to it, and a closed one may name another that
    goes on in its place.
    """

    __tablename__ = "households"
    __table_args__ = (
        CheckConstraint("state IN ('living', 'away', 'estate', 'closed')", name="state_is_known"),
        CheckConstraint(
            "member_count > 0 OR state IN ('estate', 'closed')", name="people_live_there"
        ),
        CheckConstraint("(state = 'closed') = (closed_on IS NOT NULL)", name="closed_since"),
        CheckConstraint(
            "successor_id IS NULL OR state = 'closed'", name="a_closed_one_has_a_successor"
        ),
        CheckConstraint("successor_id <> id", name="not_its_own_successor"),
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
    state: Mapped[HouseholdState] = mapped_column(
        default=HouseholdState.LIVING, server_default="living"
    )
    closed_on: Mapped[date | None]
    # Which household goes on in place of a closed one.
    successor_id: Mapped[UUID | None] = mapped_column(ForeignKey("households.id"), index=True)
    # The household whose caps it shares, since it was split from it and has the same door.
    cap_root_id: Mapped[UUID | None] = mapped_column(ForeignKey("households.id"), index=True)
    created_at: Mapped[datetime]


class HouseholdPlace(Model):
    """Where a household lived from a day on, until the day of its next place.

    What was counted of it stays with the place where it lived. The first is written by a trigger.
    """

    __tablename__ = "household_places"

    household_id: Mapped[UUID] = mapped_column(ForeignKey("households.id"), primary_key=True)
    from_on: Mapped[date] = mapped_column(primary_key=True)
    village_id: Mapped[UUID] = mapped_column(ForeignKey("regions.id"))
    group_id: Mapped[UUID] = mapped_column(ForeignKey("regions.id"), index=True)


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
    left_on: Mapped[date | None]
    died_on: Mapped[date | None]
    created_at: Mapped[datetime]


class MemberStay(Registered):
    """From when until when a member lived in a household: the first is written by a trigger."""

    __tablename__ = "member_stays"
    __table_args__ = (
        CheckConstraint("until_on >= from_on", name="days_in_order"),
        Index(
            "uq_member_stays_open",
            "member_id",
            unique=True,
            postgresql_where=text("until_on IS NULL"),
        ),
    )

    member_id: Mapped[UUID] = mapped_column(ForeignKey("members.id"), index=True)
    household_id: Mapped[UUID] = mapped_column(ForeignKey("households.id"), index=True)
    from_on: Mapped[date]
    until_on: Mapped[date | None]  # the day on which another begins


class BindingMethod(StrEnum):
    PHONE = "phone"  # WeChat's phone number matched the roster
    IN_PERSON = "in_person"  # a village worker saw a document
    MOVED = "moved"  # was bound to the household that this one came from, or that joined it


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
