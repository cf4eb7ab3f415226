"""Bodies of assets, labels and bags."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from app.register.assets.bags import BAGS_OF_A_FILE_MAX, ROLLS_MAX
from app.register.assets.labelling import SHEET_LABELS_MAX
from app.register.assets.models import (
    AssetKind,
    AssetState,
    LabelEnd,
    LabelState,
    Medium,
    RollState,
)
from app.register.assets.streams import Stream
from app.web.fields import Integer, Name, Number, Words
from app.web.paging import CountedArgs, counted_page_of

_WEIGHT_MAX = 60_000_000  # grams: a lorry of sixty tonnes


class AssetFacts(Schema):
    name = Name(required=True, validate=validate.Length(min=1, max=60))
    region_id = fields.UUID(required=True, metadata={"description": "Where it stands or works"})
    inside_id = fields.UUID(
        load_default=None, metadata={"description": "The booth or machine that it is a part of"}
    )
    household_id = fields.UUID(
        load_default=None, metadata={"description": "Whose bin or door plate it is"}
    )
    streams = fields.List(
        fields.Enum(Stream, by_value=True),
        load_default=list,
        validate=validate.Length(max=len(Stream)),
        metadata={"description": "What may come in; none: nothing is said"},
    )
    is_kept_apart = fields.Boolean(
        load_default=False, metadata={"description": "It has a compartment for each stream"}
    )
    litres = Integer(load_default=None, strict=True, validate=validate.Range(1, 100_000))
    tare_grams = Integer(load_default=None, strict=True, validate=validate.Range(1, _WEIGHT_MAX))
    plate = Number(load_default=None, validate=validate.Length(min=2, max=20))
    lat_e6 = Integer(
        load_default=None,
        strict=True,
        validate=validate.Range(-90_000_000, 90_000_000),
        metadata={"description": "Millionths of a degree, GCJ-02, as the phone's map gives it"},
    )
    lon_e6 = Integer(
        load_default=None, strict=True, validate=validate.Range(-180_000_000, 180_000_000)
    )
    hours = Words(load_default="", validate=validate.Length(max=60), data_key="opening_hours")
    remark = Words(load_default="", validate=validate.Length(max=100))

    @validates_schema
    def _place_is_whole(self, body: dict[str, Any], **_: Any) -> None:
        if (body["lat_e6"] is None) != (body["lon_e6"] is None):
            raise ValidationError("经度和纬度要一起填写", "lon_e6")


class AssetIn(AssetFacts):
    kind = fields.Enum(AssetKind, by_value=True, required=True)
    number = Number(
        required=True,
        validate=validate.Length(min=1, max=12),
        metadata={"description": "Short; one of its kind in the county"},
    )


class AssetStepIn(Schema):
    state = fields.Enum(AssetState, by_value=True, required=True)
    reason = Words(required=True, validate=validate.Length(min=2, max=100))


class LabelOut(Schema):
    id = fields.UUID(required=True)
    code = fields.String(required=True)
    medium = fields.Enum(Medium, by_value=True, required=True)
    state = fields.Enum(LabelState, by_value=True, required=True)
    asset_id = fields.UUID(required=True, allow_none=True)
    attached_at = fields.AwareDateTime(required=True, allow_none=True)
    end_reason = fields.Enum(LabelEnd, by_value=True, required=True, allow_none=True)
    ended_at = fields.AwareDateTime(required=True, allow_none=True)


class AssetStepOut(Schema):
    state = fields.Enum(AssetState, by_value=True, required=True)
    moved_at = fields.AwareDateTime(required=True)
    reason = fields.String(required=True)


class AssetOut(Schema):
    id = fields.UUID(required=True)
    kind = fields.Enum(AssetKind, by_value=True, required=True)
    number = fields.String(required=True)
    name = fields.String(required=True)
    region_id = fields.UUID(required=True)
    region = fields.String(required=True)
    inside_id = fields.UUID(required=True, allow_none=True)
    household_id = fields.UUID(required=True, allow_none=True)
    door_number = fields.String(required=True, allow_none=True)
    streams = fields.List(fields.Enum(Stream, by_value=True), required=True)
    is_kept_apart = fields.Boolean(required=True)
    litres = fields.Integer(required=True, allow_none=True)
    tare_grams = fields.Integer(required=True, allow_none=True)
    plate = fields.String(required=True, allow_none=True)
    lat_e6 = fields.Integer(required=True, allow_none=True)
    lon_e6 = fields.Integer(required=True, allow_none=True)
    state = fields.Enum(AssetState, by_value=True, required=True)
    opening_hours = fields.String(required=True, attribute="details.hours")
    remark = fields.String(required=True, attribute="details.remark")


class AssetWithHistoryOut(AssetOut):
    labels = fields.List(fields.Nested(LabelOut), required=True)
    steps = fields.List(fields.Nested(AssetStepOut), required=True)


AssetPage = counted_page_of(AssetOut)


class AssetsArgs(CountedArgs):
    kind = fields.Enum(AssetKind, by_value=True, load_default=None)
    state = fields.Enum(AssetState, by_value=True, load_default=None)
    inside_id = fields.UUID(load_default=None)
    household_id = fields.UUID(load_default=None)


class LackingOut(Schema):
    id = fields.UUID(required=True, metadata={"description": "The village"})
    town = fields.String(required=True)
    village = fields.String(required=True)
    lacks = fields.List(fields.Enum(AssetKind, by_value=True), required=True)


class LackingListOut(Schema):
    items = fields.List(fields.Nested(LackingOut), required=True)


class LabelSheetIn(Schema):
    kind = fields.Enum(AssetKind, by_value=True, required=True)
    count = Integer(required=True, strict=True, validate=validate.Range(1, SHEET_LABELS_MAX))


class LabelSheetOut(Schema):
    id = fields.UUID(required=True, metadata={"description": "Print it as often as needed"})
    count = fields.Integer(required=True)


class LabelSheetArgs(Schema):
    is_thermal = fields.Boolean(
        load_default=False,
        metadata={"description": "true: one label a page of 60 × 40 mm; else A4 with 24"},
    )


class AttachIn(Schema):
    code = Number(required=True, validate=validate.Length(min=1, max=120))
    asset_id = fields.UUID(required=True)
    instead_because = fields.Enum(
        LabelEnd,
        by_value=True,
        load_default=None,
        metadata={"description": "What became of the label that hung there; it ends"},
    )


class BagOrderIn(Schema):
    rolls = Integer(required=True, strict=True, validate=validate.Range(1, ROLLS_MAX))
    bags = Integer(
        required=True,
        strict=True,
        validate=validate.Range(1, 200),
        metadata={"description": "On each roll"},
    )
    stream = fields.Enum(Stream, by_value=True, required=True)

    @validates_schema
    def _fits_a_file(self, body: dict[str, Any], **_: Any) -> None:
        if body["rolls"] * body["bags"] > BAGS_OF_A_FILE_MAX:
            raise ValidationError(f"一次最多订 {BAGS_OF_A_FILE_MAX} 个袋子，请分几次订", "rolls")


class BagRollOut(Schema):
    id = fields.UUID(required=True)
    roll = fields.String(required=True)
    bags = fields.Integer(required=True)
    stream = fields.Enum(Stream, by_value=True, required=True)
    state = fields.Enum(RollState, by_value=True, required=True)
    household_id = fields.UUID(required=True, allow_none=True)


class BagOrderOut(Schema):
    id = fields.UUID(required=True)
    bags = fields.Integer(required=True, metadata={"description": "Lines of the factory's file"})
    sha256 = fields.String(required=True, metadata={"description": "Of the file"})
    rolls = fields.List(fields.Nested(BagRollOut), required=True)


class IssueIn(Schema):
    household_id = fields.UUID(required=True)


class ScannedOut(Schema):
    code = fields.String(required=True)
    what = fields.String(
        required=True,
        validate=validate.OneOf(["asset", "blank", "ended", "bag"]),
        metadata={"description": "`ended`: 已更换, an old label of the asset"},
    )
    kind = fields.Enum(AssetKind, by_value=True, required=True, allow_none=True)
    asset = fields.Nested(
        AssetOut,
        required=True,
        allow_none=True,
        metadata={"description": "For who works in its area, and for whose it is"},
    )
    stream = fields.Enum(Stream, by_value=True, required=True, allow_none=True)
    household_id = fields.UUID(required=True, allow_none=True)
    ended_because = fields.Enum(LabelEnd, by_value=True, required=True, allow_none=True)
    may = fields.List(fields.String(validate=validate.OneOf(["attach", "replace"])), required=True)
