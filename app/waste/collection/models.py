"""Hand-overs, each with what its two sides said."""

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
    SmallInteger,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import Recorded
from app.register.assets.models import AssetKind
from app.register.assets.streams import Stream
from app.register.identity.roles import Role
from app.waste.collection.weights import How


class Leg(StrEnum):
    """Which part of the way a hand-over is; it follows from its ends."""

    COLLECTION = "collection"
    LOAD = "load"
    DROP_OFF = "drop_off"
    RECEIPT = "receipt"
    MOVE = "move"

    @property
    def needs_a_photo(self) -> bool:
        return self in {Leg.LOAD, Leg.RECEIPT}


_SOURCES = {AssetKind.BIN, AssetKind.BOOTH, AssetKind.BULKY_POINT, AssetKind.DOOR_PLATE}
_ROOMS = {AssetKind.TRANSFER_ROOM, AssetKind.STATION}


def leg_of(source: AssetKind | None, to: AssetKind) -> Leg:
    """The leg from a kind of asset, or from a household, to another."""
    if to is AssetKind.PLANT:
        return Leg.RECEIPT
    if (source is None or source in _SOURCES) and to not in _SOURCES:
        return Leg.COLLECTION
    if source in _ROOMS and to is AssetKind.VEHICLE:
        return Leg.LOAD
    if source is AssetKind.VEHICLE and to is AssetKind.TRANSFER_ROOM:
        return Leg.DROP_OFF
    return Leg.MOVE


def is_two_sided(leg: Leg, stream: Stream) -> bool:
    """Whether both sides must speak: where a plant takes it, and hazardous after the household."""
    return leg is Leg.RECEIPT or (stream is Stream.HAZARDOUS and leg is not Leg.COLLECTION)


class Side(StrEnum):
    GIVEN = "given"
    TAKEN = "taken"

    @property
    def other(self) -> "Side":
        return Side.TAKEN if self is Side.GIVEN else Side.GIVEN


class HandoverState(StrEnum):
    HALF = "half"  # one side has spoken, and the other must
    WHOLE = "whole"
    DIFFERS = "differs"  # the two sides contradict each other: no grams count until it is settled
    SETTLED = "settled"  # a person decided
    VOID = "void"  # taken back on the day by who recorded it


class VoidReason(StrEnum):
    WRONG_PLACE = "wrong_place"  # another household, bin or vehicle was meant
    WRONG_WEIGHT = "wrong_weight"
    TWICE = "twice"  # recorded before


_STREAMS = ", ".join(f"'{stream.value}'" for stream in Stream)
_HOWS = ", ".join(f"'{how.value}'" for how in How)


class Handover(Recorded):
    """Waste of one stream passes from a household or an asset into an asset.

    What a side said is written once. ``at``, ``grams``, ``how`` and ``state`` follow from both
    sides, in whichever order they came.
    """

    __tablename__ = "handovers"
    __table_args__ = (
        ForeignKeyConstraint(
            ["county_id", "check_id"], ["checks.county_id", "checks.id"], name="fk_handovers_check"
        ),
        ForeignKeyConstraint(
            ["county_id", "given_photo_id"],
            ["photos.county_id", "photos.id"],
            name="fk_handovers_given_photo",
        ),
        ForeignKeyConstraint(
            ["county_id", "taken_photo_id"],
            ["photos.county_id", "photos.id"],
            name="fk_handovers_taken_photo",
        ),
        UniqueConstraint("county_id", "pair_id", "line"),
        Index(
            "uq_handovers_bag",
            "county_id",
            "bag_code",
            unique=True,
            postgresql_where=text("bag_code IS NOT NULL AND state <> 'void'"),
        ),
        CheckConstraint(
            "leg IN ('collection', 'load', 'drop_off', 'receipt', 'move')", name="leg_is_known"
        ),
        CheckConstraint(f"stream IN ({_STREAMS})", name="stream_is_known"),
        CheckConstraint(f"offered_as IN ({_STREAMS})", name="offered_as_is_known"),
        CheckConstraint(
            "(from_household_id IS NULL) <> (from_asset_id IS NULL)", name="comes_from_one"
        ),
        CheckConstraint("from_asset_id <> to_asset_id", name="goes_elsewhere"),
        CheckConstraint(
            "state IN ('half', 'whole', 'differs', 'settled', 'void')", name="state_is_known"
        ),
        CheckConstraint(
            "grams > 0 AND given_grams > 0 AND taken_grams > 0 AND settled_grams > 0",
            name="grams_positive",
        ),
        CheckConstraint(
            f"how IN ({_HOWS}) AND given_how IN ({_HOWS}) AND taken_how IN ({_HOWS})",
            name="how_is_known",
        ),
        CheckConstraint("(grams IS NULL) = (how IS NULL)", name="weight_is_whole"),
        CheckConstraint("state <> 'differs' OR grams IS NULL", name="what_differs_has_no_weight"),
        CheckConstraint("given_by IS NOT NULL OR taken_by IS NOT NULL", name="somebody_spoke"),
        CheckConstraint("given_by <> taken_by", name="two_people"),
        CheckConstraint(
            "(given_by IS NULL) = (given_said IS NULL) AND (given_by IS NULL) = (given_at IS NULL)"
            " AND (given_by IS NULL) = (given_as IS NULL)"
            " AND (given_grams IS NULL) = (given_how IS NULL)"
            " AND (given_by IS NOT NULL OR given_grams IS NULL)",
            name="given_is_whole",
        ),
        CheckConstraint(
            "(taken_by IS NULL) = (taken_said IS NULL) AND (taken_by IS NULL) = (taken_at IS NULL)"
            " AND (taken_by IS NULL) = (taken_as IS NULL)"
            " AND (taken_grams IS NULL) = (taken_how IS NULL)"
            " AND (taken_by IS NOT NULL OR taken_grams IS NULL)",
            name="taken_is_whole",
        ),
        CheckConstraint(
            "(settled_at IS NULL) = (settled_by IS NULL) AND"
            " (settled_at IS NULL) = (settled_note IS NULL) AND"
            " (state <> 'settled' OR settled_at IS NOT NULL)",
            name="settlement_is_whole",
        ),
        CheckConstraint(
            "(state = 'void') = (voided_at IS NOT NULL) AND"
            " (voided_at IS NULL) = (void_reason IS NULL) AND"
            " (voided_at IS NULL) = (voided_by IS NULL)",
            name="void_is_whole",
        ),
        Index("ix_handovers_from_asset", "county_id", "from_asset_id", "stream", "at"),
        Index(
            "ix_handovers_to_asset",
            "county_id",
            "to_asset_id",
            "stream",
            "at",
            postgresql_include=["grams", "how"],
        ),
        Index("ix_handovers_household", "county_id", "from_household_id", "at"),
        Index("ix_handovers_village", "county_id", "village_id", "at"),
    )

    pair_id: Mapped[UUID]  # made by the first phone; both sides carry it
    line: Mapped[int] = mapped_column(SmallInteger)  # of what one phone recorded at once, from 1
    leg: Mapped[Leg]
    stream: Mapped[Stream]
    offered_as: Mapped[Stream | None]  # as what it was put out, when it was taken as another
    from_household_id: Mapped[UUID | None] = mapped_column(ForeignKey("households.id"))
    from_asset_id: Mapped[UUID | None] = mapped_column(ForeignKey("assets.id"))
    to_asset_id: Mapped[UUID] = mapped_column(ForeignKey("assets.id"))
    # The source's village; none of what comes from beyond one.
    village_id: Mapped[UUID | None] = mapped_column(ForeignKey("regions.id"))
    empties: Mapped[bool]  # nothing is left where it came from
    pieces: Mapped[int | None]
    bag_code: Mapped[str | None]
    check_id: Mapped[UUID | None]  # what was seen of the household's sorting with it
    received_at: Mapped[datetime]  # the first half, by the server
    lat_e6: Mapped[int | None]  # where the first phone was, GCJ-02
    lon_e6: Mapped[int | None]

    given_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    given_as: Mapped[Role | None]
    given_at: Mapped[datetime | None]
    given_grams: Mapped[int | None]
    given_how: Mapped[How | None]
    given_photo_id: Mapped[UUID | None]
    given_said: Mapped[bytes | None] = mapped_column(LargeBinary)  # digest of what the side sent
    taken_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    taken_as: Mapped[Role | None]
    taken_at: Mapped[datetime | None]
    taken_grams: Mapped[int | None]
    taken_how: Mapped[How | None]
    taken_photo_id: Mapped[UUID | None]
    taken_said: Mapped[bytes | None] = mapped_column(LargeBinary)
    # The ends and the stream as the giver named them, where the taker named others: theirs stand.
    giver_named: Mapped[dict[str, Any] | None] = mapped_column(JSONB)

    at: Mapped[datetime]  # counts: the taker's time once it is known
    grams: Mapped[int | None]  # count
    how: Mapped[How | None]
    state: Mapped[HandoverState]

    settled_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    settled_at: Mapped[datetime | None]
    settled_grams: Mapped[int | None]
    settled_note: Mapped[str | None]
    voided_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    voided_at: Mapped[datetime | None]
    void_reason: Mapped[VoidReason | None]
