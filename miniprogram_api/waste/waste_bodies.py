"""Bodies of collections, hand-overs, loads and journeys."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from app.kernel.waste import WasteKind
from app.register.assets.models import AssetKind
from app.register.assets.streams import Stream
from app.sorting.inspections.models import CheckState, Grade
from app.waste.collection.balance import Odd
from app.waste.collection.handing_over import LINES_MAX
from app.waste.collection.models import HandoverState, Leg, Side, VoidReason
from app.waste.collection.weights import How
from app.web.fields import Date, Instant, Integer, Lines, Number
from app.web.paging import CountedArgs, DaysArgs, counted_page_of

GRAMS_MAX = 60_000_000


class AmountIn(Schema):
    grams = Integer(
        load_default=None,
        strict=True,
        validate=validate.Range(1, GRAMS_MAX),
        metadata={"description": "As it was read and typed; without it, how full it was counts"},
    )
    fill_percent = Integer(load_default=None, strict=True, validate=validate.Range(1, 150))
    containers = Integer(load_default=1, strict=True, validate=validate.Range(1, 100))
    litres = Integer(
        load_default=None,
        strict=True,
        validate=validate.Range(1, 100_000),
        metadata={"description": "Of one container; without it, those of the asset it came from"},
    )
    pieces = Integer(load_default=None, strict=True, validate=validate.Range(1, 10_000))


class PhonePlace(Schema):
    lat_e6 = Integer(
        load_default=None,
        strict=True,
        validate=validate.Range(-90_000_000, 90_000_000),
        metadata={"description": "Where the phone is: millionths of a degree, GCJ-02"},
    )
    lon_e6 = Integer(
        load_default=None, strict=True, validate=validate.Range(-180_000_000, 180_000_000)
    )

    @validates_schema
    def _place_is_whole(self, body: dict[str, Any], **_: Any) -> None:
        if (body["lat_e6"] is None) != (body["lon_e6"] is None):
            raise ValidationError("经度和纬度要一起填写", "lon_e6")


class CollectedLineIn(AmountIn):
    stream = fields.Enum(Stream, by_value=True, required=True)
    offered_as = fields.Enum(
        Stream,
        by_value=True,
        load_default=None,
        metadata={"description": "As what it was put out, when it is taken as `stream` instead"},
    )
    bag_code = Number(load_default=None, validate=validate.Length(min=1, max=40))


class CollectionIn(PhonePlace):
    pair_id = fields.UUID(
        required=True, metadata={"description": "Made by the phone; a repeat carries it again"}
    )
    household_id = fields.UUID(required=True)
    to_asset_id = fields.UUID(required=True, metadata={"description": "The cart or vehicle"})
    asset_id = fields.UUID(
        load_default=None, metadata={"description": "The bin or door plate that was scanned"}
    )
    lines = fields.List(
        fields.Nested(CollectedLineIn),
        required=True,
        validate=validate.Length(max=LINES_MAX),
        metadata={"description": "None: nothing was put out, and there is no grade"},
    )
    grade = fields.Enum(Grade, by_value=True, load_default=None)
    wrong_kinds = fields.List(
        fields.Enum(WasteKind, by_value=True),
        load_default=list,
        validate=validate.Length(max=len(WasteKind)),
    )
    phone_time = Instant(required=True)
    upload_id = fields.UUID(
        load_default=None, metadata={"description": "Of the photo; needed with a grade"}
    )


class HandoverIn(AmountIn, PhonePlace):
    pair_id = fields.UUID(
        required=True,
        metadata={
            "description": "Made by the first phone, shown to the second as `FENH1.<pair_id>`: "
            "both sides carry it, and either may come first"
        },
    )
    side = fields.Enum(Side, by_value=True, required=True)
    stream = fields.Enum(Stream, by_value=True, required=True)
    from_asset_id = fields.UUID(required=True)
    to_asset_id = fields.UUID(required=True)
    empties = fields.Boolean(
        load_default=False, metadata={"description": "Nothing is left where it came from"}
    )
    phone_time = Instant(load_default=None)
    upload_id = fields.UUID(
        load_default=None, metadata={"description": "Of the photo; needed to load and to receive"}
    )


class HandoverVoidIn(Schema):
    reason = fields.Enum(VoidReason, by_value=True, required=True)


class HandoverSettleIn(Schema):
    grams = Integer(required=True, strict=True, validate=validate.Range(1, GRAMS_MAX))
    note = Lines(required=True, validate=validate.Length(4, 200))


class HandoverOut(Schema):
    id = fields.UUID(required=True)
    pair_id = fields.UUID(required=True)
    line = fields.Integer(required=True)
    leg = fields.Enum(Leg, by_value=True, required=True)
    stream = fields.Enum(Stream, by_value=True, required=True)
    offered_as = fields.Enum(Stream, by_value=True, required=True, allow_none=True)
    from_household_id = fields.UUID(required=True, allow_none=True)
    from_asset_id = fields.UUID(required=True, allow_none=True)
    to_asset_id = fields.UUID(required=True)
    at = fields.AwareDateTime(required=True)
    grams = fields.Integer(required=True, allow_none=True)
    how = fields.Enum(How, by_value=True, required=True, allow_none=True)
    given_grams = fields.Integer(required=True, allow_none=True)
    taken_grams = fields.Integer(required=True, allow_none=True)
    empties = fields.Boolean(required=True)
    state = fields.Enum(HandoverState, by_value=True, required=True)


HandoverPage = counted_page_of(HandoverOut)


class CollectionOut(Schema):
    check_id = fields.UUID(required=True)
    grade = fields.Enum(Grade, by_value=True, required=True, allow_none=True)
    check_state = fields.Enum(CheckState, by_value=True, required=True)
    points = fields.Integer(required=True, metadata={"description": "What the household earned"})
    message = fields.String(required=True, metadata={"description": "For people, in Chinese"})
    handovers = fields.List(fields.Nested(HandoverOut), required=True)


class ToCollectOut(Schema):
    id = fields.UUID(required=True, metadata={"description": "The household"})
    group = fields.String(required=True)
    door_number = fields.String(required=True)
    head = fields.String(required=True, metadata={"description": "Name of the head, masked"})
    is_done = fields.Boolean(required=True)
    asset_ids = fields.List(fields.UUID(), required=True)


class TodayOut(Schema):
    items = fields.List(fields.Nested(ToCollectOut), required=True)


class HandoversArgs(CountedArgs, DaysArgs):
    asset_id = fields.UUID(load_default=None)
    state = fields.Enum(HandoverState, by_value=True, load_default=None)
    leg = fields.Enum(Leg, by_value=True, load_default=None)


class LoadsArgs(Schema):
    asset_id = fields.UUID(required=True)
    stream = fields.Enum(Stream, by_value=True, required=True)
    day = Date(required=True)


class BalanceOut(Schema):
    in_grams = fields.Integer(required=True)
    out_grams = fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "null: some of what left was not weighed"},
    )
    weighed = fields.Integer(required=True, metadata={"description": "Of so many inflows"})
    inflows = fields.Integer(required=True)
    difference = fields.Integer(required=True, allow_none=True)
    basis_points = fields.Integer(required=True, allow_none=True)
    odd = fields.Enum(Odd, by_value=True, required=True, allow_none=True)


class LoadOut(Schema):
    ins = fields.List(fields.Nested(HandoverOut), required=True)
    outs = fields.List(fields.Nested(HandoverOut), required=True)
    is_open = fields.Boolean(required=True)
    balance = fields.Nested(BalanceOut, required=True, allow_none=True)


class LoadsOut(Schema):
    items = fields.List(fields.Nested(LoadOut), required=True)


class JourneyArgs(Schema):
    day = Date(required=True)


class JourneyLegOut(Schema):
    ordinal = fields.Integer(required=True)
    at = fields.AwareDateTime(required=True)
    stream = fields.Enum(Stream, by_value=True, required=True)
    leg = fields.Enum(Leg, by_value=True, required=True)
    to_kind = fields.Enum(AssetKind, by_value=True, required=True)
    place = fields.String(required=True)
    grams = fields.Integer(required=True, allow_none=True)


class JourneyOut(Schema):
    stream = fields.Enum(Stream, by_value=True, required=True)
    grams = fields.Integer(required=True, allow_none=True)
    legs = fields.List(fields.Nested(JourneyLegOut), required=True)
    rests_at = fields.Enum(AssetKind, by_value=True, required=True, allow_none=True)
    sentence = fields.String(required=True, metadata={"description": "For people, in Chinese"})


class JourneysOut(Schema):
    items = fields.List(fields.Nested(JourneyOut), required=True)
