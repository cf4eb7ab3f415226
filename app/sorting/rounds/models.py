"""The draw of a week, its visits, and what inspectors found."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import Model, Recorded


class Way(StrEnum):
    """How a household came to be visited."""

    RECOMMENDED = "recommended"  # it needs it most, by a score that is shown
    RANDOM = "random"  # by lot
    BOTTOM = "bottom"  # its rates are the lowest
    RECHECK = "recheck"  # its last visit was not passed


class Outcome(StrEnum):
    SEEN = "seen"
    NOBODY_HOME = "nobody_home"


class Draw(Model):
    """The draw of a county's week, with all that is needed to repeat its random part."""

    __tablename__ = "draws"
    __table_args__ = (
        CheckConstraint("extract(isodow FROM week_on) = 1", name="a_week_begins_on_monday"),
        CheckConstraint("length(seed) = 32", name="seed_is_whole"),
        CheckConstraint("(seal_number IS NULL) = (seal_digest IS NULL)", name="seal_is_whole"),
    )

    county_id: Mapped[int] = mapped_column(ForeignKey("counties.id"), primary_key=True)
    week_on: Mapped[date] = mapped_column(primary_key=True)  # its Monday
    seed: Mapped[bytes] = mapped_column(LargeBinary)
    # The county's last seal of the ledger before the Sunday of the draw; none: it had none yet.
    seal_number: Mapped[int | None]
    seal_digest: Mapped[bytes | None] = mapped_column(LargeBinary)
    candidates: Mapped[int]
    candidates_digest: Mapped[bytes] = mapped_column(LargeBinary)  # SHA-256 of the ids in order
    settings_version: Mapped[int | None]  # none: the defaults
    drawn_at: Mapped[datetime]


class DrawCandidates(Model):
    """The households of one group from which a week was drawn."""

    __tablename__ = "draw_candidates"
    __table_args__ = (
        ForeignKeyConstraint(
            ["county_id", "week_on"],
            ["draws.county_id", "draws.week_on"],
            name="fk_draw_candidates_draw",
        ),
    )

    county_id: Mapped[int] = mapped_column(primary_key=True)
    week_on: Mapped[date] = mapped_column(primary_key=True)
    group_id: Mapped[UUID] = mapped_column(ForeignKey("regions.id"), primary_key=True)
    household_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))


class DrawInspector(Model):
    """An inspector for whom a week was drawn: where, how many by lot, and whom they may not see."""

    __tablename__ = "draw_inspectors"
    __table_args__ = (
        ForeignKeyConstraint(
            ["county_id", "week_on"],
            ["draws.county_id", "draws.week_on"],
            name="fk_draw_inspectors_draw",
        ),
        CheckConstraint("random_quota >= 0", name="random_quota_not_negative"),
    )

    county_id: Mapped[int] = mapped_column(primary_key=True)
    week_on: Mapped[date] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), primary_key=True)
    place_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    # The village they live in, when the county keeps inspectors out of their own.
    not_village_id: Mapped[UUID | None] = mapped_column(ForeignKey("regions.id"))
    not_household_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))  # own and related
    random_quota: Mapped[int]


class Visit(Recorded):
    """A planned inspection of one household. It is done when it has a result."""

    __tablename__ = "visits"
    __table_args__ = (
        ForeignKeyConstraint(
            ["county_id", "recheck_of"], ["visits.county_id", "visits.id"], name="fk_visits_recheck"
        ),
        UniqueConstraint("county_id", "recheck_of"),
        CheckConstraint(
            "way IN ('recommended', 'random', 'bottom', 'recheck')", name="way_is_known"
        ),
        CheckConstraint("(way = 'recheck') = (recheck_of IS NOT NULL)", name="recheck_of_a_visit"),
        CheckConstraint("extract(isodow FROM week_on) = 1", name="a_week_begins_on_monday"),
        CheckConstraint("from_on BETWEEN week_on AND week_on + 6", name="from_a_day_of_its_week"),
        CheckConstraint(
            "(reassigned_by IS NULL) = (reassigned_because IS NULL)"
            " AND (reassigned_by IS NULL) = (reassigned_at IS NULL)",
            name="a_reassignment_says_who_when_and_why",
        ),
        CheckConstraint(
            "inspector_id = drawn_for OR reassigned_by IS NOT NULL", name="changed_by_somebody"
        ),
        # A household is drawn once a week, whoever draws.
        Index(
            "uq_visits_household_of_week",
            "county_id",
            "week_on",
            "household_id",
            unique=True,
            postgresql_where=text("way <> 'recheck'"),
        ),
        Index("ix_visits_inspector", "county_id", "inspector_id", "week_on", "id"),
        Index("ix_visits_week", "county_id", "week_on", "id"),
    )

    week_on: Mapped[date]
    from_on: Mapped[date]  # not to be visited before this day
    household_id: Mapped[UUID] = mapped_column(ForeignKey("households.id"))
    village_id: Mapped[UUID] = mapped_column(ForeignKey("regions.id"))
    group_id: Mapped[UUID] = mapped_column(ForeignKey("regions.id"))
    way: Mapped[Way]
    ordinal: Mapped[int]  # the inspector's first, second, … of this way and week
    why: Mapped[dict[str, int]] = mapped_column(JSONB)  # the parts of what chose it, as numbers
    drawn_for: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    inspector_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    recheck_of: Mapped[UUID | None]
    reassigned_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    reassigned_at: Mapped[datetime | None]
    reassigned_because: Mapped[str | None]
    planned_at: Mapped[datetime]


class VisitResult(Recorded):
    """What an inspector found on a visit. Written once."""

    __tablename__ = "visit_results"
    __table_args__ = (
        ForeignKeyConstraint(
            ["county_id", "visit_id"], ["visits.county_id", "visits.id"], name="fk_results_visit"
        ),
        UniqueConstraint("county_id", "visit_id"),  # a visit is recorded once
        CheckConstraint(
            "client_id IS NULL OR phone_time IS NOT NULL", name="a_record_of_a_phone_has_its_time"
        ),
        CheckConstraint("outcome IN ('seen', 'nobody_home')", name="outcome_is_known"),
        CheckConstraint(
            "(outcome = 'seen') = (score IS NOT NULL) AND (score IS NULL) = (is_passed IS NULL)",
            name="who_was_seen_has_a_score",
        ),
        CheckConstraint("score BETWEEN 0 AND 100", name="score_within_the_base"),
        CheckConstraint(
            "outcome = 'seen' OR (wrong_kinds = '{}' AND deductions = '[]')",
            name="nobody_home_has_no_findings",
        ),
        CheckConstraint(
            "wrong_kinds <@ ARRAY['kitchen', 'recyclable', 'hazardous', 'residual']",
            name="wrong_kinds_are_known",
        ),
        Index("ix_visit_results_household", "county_id", "household_id", "at"),
    )

    visit_id: Mapped[UUID]
    household_id: Mapped[UUID] = mapped_column(ForeignKey("households.id"))
    village_id: Mapped[UUID] = mapped_column(ForeignKey("regions.id"))
    inspector_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    # Its day is the day that counts: the phone's time when that can be, otherwise the server's.
    at: Mapped[datetime]
    received_at: Mapped[datetime] = mapped_column(server_default=text("now()"))  # by the server
    client_id: Mapped[UUID | None]  # of a record that the phone kept until it had network
    phone_time: Mapped[datetime | None]  # as it said
    outcome: Mapped[Outcome]
    score: Mapped[int | None]
    is_passed: Mapped[bool | None]
    wrong_kinds: Mapped[list[str]] = mapped_column(ARRAY(Text))  # WasteKind, in its order
    # [{"item": Item, "findings": n, "lost": points}], one for each item that lost points
    deductions: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    findings: Mapped[dict[str, int]] = mapped_column(JSONB)  # FindingCode and how often
    settings_version: Mapped[int | None]  # none: the defaults


class VisitPhoto(Model):
    """A photo of a visit's findings."""

    __tablename__ = "visit_photos"
    __table_args__ = (
        ForeignKeyConstraint(["county_id", "photo_id"], ["photos.county_id", "photos.id"]),
        ForeignKeyConstraint(
            ["county_id", "result_id"],
            ["visit_results.county_id", "visit_results.id"],
            name="fk_visit_photos_result",
        ),
        Index("ix_visit_photos_result", "county_id", "result_id"),
    )

    county_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    photo_id: Mapped[UUID] = mapped_column(primary_key=True)
    result_id: Mapped[UUID]
