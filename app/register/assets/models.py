"""Whatever carries a label: bins, booths, rooms, vehicles, plants; and the labels, and bags."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import Recorded, Registered
from app.register.assets.streams import Stream

_STREAMS = f"ARRAY[{', '.join(repr(stream.value) for stream in Stream)}]"


class AssetKind(StrEnum):
    DOOR_PLATE = "door_plate"  # a household's label where it has no bin of its own
    BIN = "bin"
    BOOTH = "booth"
    TRANSFER_ROOM = "transfer_room"
    VEHICLE = "vehicle"  # whatever collects: a cart too
    PLANT = "plant"  # where waste ends, also a village's own composter
    STATION = "station"  # where recyclables are bought
    BULKY_POINT = "bulky_point"
    ACTIVITY_ROOM = "activity_room"

    @property
    def letter(self) -> str:
        """With which a code for this kind begins."""
        return _LETTERS.get(self, "S")

    @property
    def name_in_chinese(self) -> str:
        return KIND_NAMES[self]


_LETTERS = {
    AssetKind.DOOR_PLATE: "H",
    AssetKind.BIN: "N",
    AssetKind.BOOTH: "T",
    AssetKind.TRANSFER_ROOM: "R",
    AssetKind.VEHICLE: "V",
    AssetKind.PLANT: "P",
}
KIND_NAMES: dict[AssetKind, str] = {
    AssetKind.DOOR_PLATE: "户牌",
    AssetKind.BIN: "垃圾桶",
    AssetKind.BOOTH: "两定四分点",
    AssetKind.TRANSFER_ROOM: "中转房",
    AssetKind.VEHICLE: "车辆",
    AssetKind.PLANT: "处置点",
    AssetKind.STATION: "回收站",
    AssetKind.BULKY_POINT: "大件点",
    AssetKind.ACTIVITY_ROOM: "拉风吧",
}
# Those that stand somewhere, and are nothing to anybody before one knows where.
FIXED = (AssetKind.BOOTH, AssetKind.TRANSFER_ROOM, AssetKind.PLANT, AssetKind.STATION)
# What each village should have.
OF_A_VILLAGE = (
    AssetKind.BOOTH,
    AssetKind.BULKY_POINT,
    AssetKind.STATION,
    AssetKind.ACTIVITY_ROOM,
)


class AssetState(StrEnum):
    NEW = "new"  # known, not in use
    PLACED = "placed"
    STOPPED = "stopped"  # out of use for a while
    LOST = "lost"
    RETIRED = "retired"

    def may_become(self, other: "AssetState") -> bool:
        return other in _NEXT[self]


_NEXT: dict[AssetState, frozenset[AssetState]] = {
    AssetState.NEW: frozenset({AssetState.PLACED, AssetState.RETIRED}),
    AssetState.PLACED: frozenset({AssetState.STOPPED, AssetState.LOST}),
    AssetState.STOPPED: frozenset({AssetState.PLACED, AssetState.RETIRED, AssetState.LOST}),
    AssetState.LOST: frozenset({AssetState.PLACED, AssetState.RETIRED}),
    AssetState.RETIRED: frozenset(),
}
_STATES = ", ".join(repr(state.value) for state in AssetState)


class Asset(Registered):
    """Anything with a label. Its state is that of its last step."""

    __tablename__ = "assets"
    __table_args__ = (
        UniqueConstraint("county_id", "kind", "number"),
        UniqueConstraint("county_id", "plate"),
        CheckConstraint(
            f"kind IN ({', '.join(repr(kind.value) for kind in AssetKind)})", name="kind_is_known"
        ),
        CheckConstraint(f"state IN ({_STATES})", name="state_is_known"),
        CheckConstraint(f"streams <@ {_STREAMS}", name="streams_are_known"),
        CheckConstraint("(kind = 'vehicle') = (plate IS NOT NULL)", name="a_vehicle_has_a_plate"),
        CheckConstraint("kind <> 'door_plate' OR household_id IS NOT NULL", name="a_door_is_whose"),
        CheckConstraint("(lat_e6 IS NULL) = (lon_e6 IS NULL)", name="place_is_whole"),
        CheckConstraint(
            "abs(lat_e6) <= 90000000 AND abs(lon_e6) <= 180000000", name="place_is_on_earth"
        ),
        CheckConstraint(
            "state <> 'placed' OR lat_e6 IS NOT NULL"
            f" OR kind NOT IN ({', '.join(repr(kind.value) for kind in FIXED)})",
            name="what_stands_has_a_place",
        ),
        CheckConstraint("litres > 0 AND tare_grams > 0", name="measures_positive"),
        CheckConstraint("inside_id <> id", name="not_inside_itself"),
        Index("ix_assets_region", "region_id", "kind"),
        Index("ix_assets_household_id", "household_id"),
        Index("ix_assets_inside_id", "inside_id"),
    )

    county_id: Mapped[int] = mapped_column(ForeignKey("counties.id"))
    kind: Mapped[AssetKind]
    number: Mapped[str]  # short; printed in large type
    name: Mapped[str]
    region_id: Mapped[UUID] = mapped_column(ForeignKey("regions.id"))
    inside_id: Mapped[UUID | None] = mapped_column(ForeignKey("assets.id"))  # one level deep
    household_id: Mapped[UUID | None] = mapped_column(ForeignKey("households.id"))  # whose it is
    streams: Mapped[list[str]] = mapped_column(ARRAY(Text))  # what may come in, in their order
    is_kept_apart: Mapped[bool]  # has a compartment for each of them
    litres: Mapped[int | None]
    tare_grams: Mapped[int | None]
    plate: Mapped[str | None]  # of a vehicle; a cart's is what is painted on it
    lat_e6: Mapped[int | None]  # millionths of a degree, GCJ-02
    lon_e6: Mapped[int | None]
    state: Mapped[AssetState]
    step: Mapped[int]  # ordinal of the last of its steps
    details: Mapped[dict[str, Any]] = mapped_column(JSONB)  # opening hours, a remark
    created_at: Mapped[datetime]

    @property
    def position(self) -> tuple[int, int] | None:
        if self.lat_e6 is None or self.lon_e6 is None:
            return None
        return self.lat_e6, self.lon_e6


class AssetStep(Recorded):
    """One step of an asset: from which state into which, by whom and why."""

    __tablename__ = "asset_steps"
    __table_args__ = (
        UniqueConstraint("county_id", "asset_id", "ordinal"),
        CheckConstraint(f"state IN ({_STATES})", name="state_is_known"),
        CheckConstraint("(ordinal = 1) = (came_from IS NULL)", name="the_first_comes_from_nothing"),
    )

    asset_id: Mapped[UUID] = mapped_column(ForeignKey("assets.id"))
    ordinal: Mapped[int]  # 1 is the entry
    came_from: Mapped[AssetState | None]
    state: Mapped[AssetState]
    moved_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    moved_at: Mapped[datetime]
    reason: Mapped[str]


class Medium(StrEnum):
    QR = "qr"
    RFID = "rfid"  # a chip is a label and nothing else


class LabelState(StrEnum):
    PRINTED = "printed"  # blank: on paper, on nothing
    ATTACHED = "attached"
    ENDED = "ended"


class LabelEnd(StrEnum):
    """Why a label ended."""

    REPLACED = "replaced"
    LOST = "lost"
    DAMAGED = "damaged"
    MOVED_AWAY = "moved_away"


class Label(Registered):
    """A sticker or a chip. Its code is no secret; an old one goes on saying it was replaced."""

    __tablename__ = "labels"
    __table_args__ = (
        UniqueConstraint("code"),
        Index(
            "uq_labels_asset_medium_attached",
            "asset_id",
            "medium",
            unique=True,
            postgresql_where=text("state = 'attached'"),
        ),
        Index("ix_labels_sheet_id", "sheet_id"),
        CheckConstraint("medium IN ('qr', 'rfid')", name="medium_is_known"),
        CheckConstraint("state IN ('printed', 'attached', 'ended')", name="state_is_known"),
        CheckConstraint(
            "end_reason IN ('replaced', 'lost', 'damaged', 'moved_away')",
            name="end_reason_is_known",
        ),
        CheckConstraint(
            "(state = 'printed') = (asset_id IS NULL) AND (asset_id IS NULL) = "
            "(attached_at IS NULL) AND (asset_id IS NULL) = (attached_by IS NULL)",
            name="attached_is_whole",
        ),
        CheckConstraint(
            "(state = 'ended') = (ended_at IS NOT NULL) AND (ended_at IS NULL) = "
            "(end_reason IS NULL) AND (ended_at IS NULL) = (ended_by IS NULL)",
            name="end_is_whole",
        ),
    )

    county_id: Mapped[int] = mapped_column(ForeignKey("counties.id"))
    code: Mapped[str]  # sixteen symbols; of a chip its EPC in capital hexadecimal digits
    medium: Mapped[Medium]
    sheet_id: Mapped[UUID | None]  # printed together; a chip is on none
    made_at: Mapped[datetime]
    state: Mapped[LabelState]
    asset_id: Mapped[UUID | None] = mapped_column(ForeignKey("assets.id"))
    attached_at: Mapped[datetime | None]
    attached_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    end_reason: Mapped[LabelEnd | None]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))


class RollState(StrEnum):
    STOCKED = "stocked"
    ISSUED = "issued"  # a household has it
    VOID = "void"


class BagRoll(Recorded):
    """A roll of bags. The bags themselves are no rows: what stands on them is worked out."""

    __tablename__ = "bag_rolls"
    __table_args__ = (
        UniqueConstraint("county_id", "roll"),
        ForeignKeyConstraint(["household_id"], ["households.id"]),
        Index("ix_bag_rolls_order", "county_id", "order_id"),
        Index("ix_bag_rolls_household", "county_id", "household_id"),
        CheckConstraint("bags BETWEEN 1 AND 200", name="bags_range"),
        CheckConstraint(f"stream = ANY ({_STREAMS})", name="stream_is_known"),
        CheckConstraint("state IN ('stocked', 'issued', 'void')", name="state_is_known"),
        CheckConstraint(
            "(state = 'stocked') <= (household_id IS NULL)"
            " AND (state = 'issued') <= (household_id IS NOT NULL)",
            name="issued_has_a_household",
        ),
    )

    roll: Mapped[str]  # seven symbols
    bags: Mapped[int]
    stream: Mapped[Stream]
    order_id: Mapped[UUID]  # made together, for one file to the factory
    made_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    made_at: Mapped[datetime]
    state: Mapped[RollState]
    household_id: Mapped[UUID | None]
    state_at: Mapped[datetime]
