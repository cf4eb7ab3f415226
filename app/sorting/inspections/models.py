"""Checks at the door, at the booth and at the bin, and the conflicts among them."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Numeric,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.db import Model, Recorded
from app.photos.models import Photo
from app.register.identity.roles import Role

_KINDS = "ARRAY['kitchen', 'recyclable', 'hazardous', 'residual']"


class Grade(StrEnum):
    """How well a household sorts, as seen at its bins."""

    A = "a"
    B = "b"
    C = "c"


class Setting(StrEnum):
    """Where a household's sorting was looked at, which says who looks."""

    DOOR = "door"  # by the household's liaison
    BOOTH = "booth"  # by a booth keeper, when the household brings its waste
    BIN = "bin"  # by a collector, when its bin or bag is emptied

    @property
    def role(self) -> Role:
        """Who checks here."""
        return _ROLES[self]


_ROLES = {
    Setting.DOOR: Role.LIAISON,
    Setting.BOOTH: Role.BOOTH_KEEPER,
    Setting.BIN: Role.COLLECTOR,
}


class CheckState(StrEnum):
    COUNTED = "counted"  # it earns, and counts in every rate
    HELD = "held"  # in conflict: it counts for nothing until a person has decided
    SET_ASIDE = "set_aside"  # a person decided that it does not count


class Check(Recorded):
    """Somebody looked at a household's sorting. Written once; only its state may change."""

    __tablename__ = "checks"
    __table_args__ = (
        ForeignKeyConstraint(["county_id", "photo_id"], ["photos.county_id", "photos.id"]),
        ForeignKeyConstraint(["asset_id"], ["assets.id"]),
        UniqueConstraint("county_id", "photo_id"),
        UniqueConstraint("county_id", "checked_by", "client_id"),
        CheckConstraint("grade IN ('a', 'b', 'c')", name="grade_is_known"),
        CheckConstraint(f"wrong_kinds <@ {_KINDS}", name="wrong_kinds_are_known"),
        CheckConstraint(f"kinds <@ {_KINDS}", name="kinds_are_known"),
        CheckConstraint("grade <> 'a' OR wrong_kinds = '{}'", name="nothing_is_wrong_at_grade_a"),
        CheckConstraint("(latitude IS NULL) = (longitude IS NULL)", name="place_is_whole"),
        CheckConstraint(
            "latitude BETWEEN -90 AND 90 AND longitude BETWEEN -180 AND 180",
            name="place_is_on_earth",
        ),
        CheckConstraint("state IN ('counted', 'held', 'set_aside')", name="state_is_known"),
        CheckConstraint(
            "(setting, checked_as) IN "
            "(('door', 'liaison'), ('booth', 'booth_keeper'), ('bin', 'collector'))",
            name="each_checks_in_their_place",
        ),
        CheckConstraint(
            "(setting = 'door') = (liaison_id IS NOT NULL)", name="a_liaison_checks_at_the_door"
        ),
        CheckConstraint(
            "is_put_out = (setting <> 'door' AND kinds <> '{}')",
            name="what_was_put_out_has_its_kinds",
        ),
        CheckConstraint(
            "(grade IS NULL) = (setting = 'bin' AND NOT is_put_out)", name="no_waste_no_grade"
        ),
        CheckConstraint("setting <> 'booth' OR is_put_out", name="a_booth_is_where_waste_is_put"),
        CheckConstraint(
            "wrong_kinds <@ kinds OR (setting = 'door' AND kinds = '{}')",
            name="what_is_wrong_was_there",
        ),
        CheckConstraint(
            "photo_id IS NOT NULL OR (setting <> 'door' AND grade IS DISTINCT FROM 'c')",
            name="the_door_and_grade_c_have_a_photo",
        ),
        CheckConstraint(
            "client_id IS NULL OR phone_time IS NOT NULL", name="a_record_of_a_phone_has_its_time"
        ),
        Index("ix_checks_household", "county_id", "household_id", "at"),
        Index("ix_checks_checked_by", "county_id", "checked_by", "id"),
        Index("ix_checks_checker_at", "county_id", "checked_by", "at"),
    )

    household_id: Mapped[UUID] = mapped_column(ForeignKey("households.id"))
    village_id: Mapped[UUID] = mapped_column(ForeignKey("regions.id"))
    setting: Mapped[Setting] = mapped_column(server_default="door")
    checked_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    checked_as: Mapped[Role] = mapped_column(server_default="liaison")
    liaison_id: Mapped[UUID | None] = mapped_column(ForeignKey("members.id"))
    # Its day is the day that counts: the phone's time when that can be, otherwise the server's.
    at: Mapped[datetime]
    received_at: Mapped[datetime] = mapped_column(server_default=text("now()"))  # by the server
    phone_time: Mapped[datetime | None]  # what the phone said
    client_id: Mapped[UUID | None]  # made by the phone, so that a record is sent again safely
    grade: Mapped[Grade | None]  # none: a collector found nothing put out
    kinds: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")  # what was there
    wrong_kinds: Mapped[list[str]] = mapped_column(ARRAY(Text))  # WasteKind, in its order
    # Whether the household put waste out that day: what the put-out rate counts.
    is_put_out: Mapped[bool] = mapped_column(server_default=text("false"))
    state: Mapped[CheckState] = mapped_column(server_default="counted")
    photo_id: Mapped[UUID | None]  # the evidence; check_photos has what was added to it
    asset_id: Mapped[UUID | None]  # the bin or booth whose label was scanned
    # GCJ-02. About 100 m: enough to say which hamlet, too little to say which door.
    latitude: Mapped[Decimal | None] = mapped_column(Numeric(6, 3))
    longitude: Mapped[Decimal | None] = mapped_column(Numeric(6, 3))


class CheckPhoto(Model):
    """A second or third photo of a check, sent after it: WeChat uploads one file a request."""

    __tablename__ = "check_photos"
    __table_args__ = (
        ForeignKeyConstraint(["county_id", "photo_id"], ["photos.county_id", "photos.id"]),
        ForeignKeyConstraint(["county_id", "check_id"], ["checks.county_id", "checks.id"]),
        UniqueConstraint("county_id", "check_id", "ordinal"),
        CheckConstraint("ordinal IN (2, 3)", name="three_photos_at_most"),
    )

    county_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    photo_id: Mapped[UUID] = mapped_column(primary_key=True)
    check_id: Mapped[UUID]
    ordinal: Mapped[int]
    added_at: Mapped[datetime]

    photo: Mapped[Photo] = relationship()


class ConflictReason(StrEnum):
    """Why a check does not count before a person has looked."""

    GRADES_DIFFER = "grades_differ"  # somebody else gave another grade on the same day
    CLOCK_OFF = "clock_off"  # the phone's time lies ahead, or too far back
    NOT_ASSIGNED = "not_assigned"  # the household is not, or no longer, the checker's
    TOO_FAST = "too_fast"  # seconds from another household of the same checker
    TOO_MANY = "too_many"  # more than one person looks at in a day


class Outcome(StrEnum):
    """What a person decided about a conflict."""

    KEEP_FIRST = "keep_first"  # the earlier check counts, the one in conflict does not
    KEEP_LATER = "keep_later"  # the other way round
    KEEP_BOTH = "keep_both"
    COUNT = "count"  # where there is no other check: it counts
    SET_ASIDE = "set_aside"  # it does not

    @property
    def is_for_two(self) -> bool:
        """Whether it chooses between two checks."""
        return self in {Outcome.KEEP_FIRST, Outcome.KEEP_LATER, Outcome.KEEP_BOTH}


class CheckConflict(Recorded):
    """A check that a person must judge, why, and what they decided."""

    __tablename__ = "check_conflicts"
    __table_args__ = (
        ForeignKeyConstraint(["county_id", "check_id"], ["checks.county_id", "checks.id"]),
        ForeignKeyConstraint(
            ["county_id", "first_check_id"],
            ["checks.county_id", "checks.id"],
            name="fk_check_conflicts_first_check",
        ),
        UniqueConstraint("county_id", "check_id"),
        CheckConstraint(
            "reason IN ('grades_differ', 'clock_off', 'not_assigned', 'too_fast', 'too_many')",
            name="reason_is_known",
        ),
        CheckConstraint(
            "(reason = 'grades_differ') = (first_check_id IS NOT NULL)", name="two_checks_differ"
        ),
        CheckConstraint(
            "outcome IS NULL OR CASE WHEN reason = 'grades_differ' "
            "THEN outcome IN ('keep_first', 'keep_later', 'keep_both') "
            "ELSE outcome IN ('count', 'set_aside') END",
            name="outcome_fits_reason",
        ),
        CheckConstraint(
            "(outcome IS NULL) = (resolved_by IS NULL) AND (outcome IS NULL) = "
            "(resolved_at IS NULL) AND (outcome IS NULL) = (note IS NULL)",
            name="a_resolution_has_who_when_and_why",
        ),
        Index(
            "ix_check_conflicts_open",
            "county_id",
            "village_id",
            "id",
            postgresql_where=text("outcome IS NULL"),
        ),
    )

    check_id: Mapped[UUID]
    first_check_id: Mapped[UUID | None]  # the one that counted when this one came
    household_id: Mapped[UUID] = mapped_column(ForeignKey("households.id"))
    village_id: Mapped[UUID] = mapped_column(ForeignKey("regions.id"))  # decides who resolves it
    reason: Mapped[ConflictReason]
    found_at: Mapped[datetime]
    outcome: Mapped[Outcome | None]
    note: Mapped[str | None]  # why, in words
    resolved_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    resolved_at: Mapped[datetime | None]
