"""Bodies of shops and their accounts."""

from datetime import date
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from app.web.fields import ClosingTime, Date, Integer, Name
from app.web.paging import PlaceArgs, placed_page_of
from mall.merchants.models import ShopKind
from mall.merchants.shops import Stretch

_NAME = validate.Length(min=1, max=60)


class ShopIn(Schema):
    merchant_id = fields.UUID(required=True)
    village_id = fields.UUID(required=True)
    name = Name(required=True, validate=_NAME)
    address = Name(required=True, validate=validate.Length(min=1, max=120))


class ShopPatch(Schema):
    is_open = fields.Boolean(required=True)


class ShopOut(Schema):
    id = fields.UUID(required=True)
    merchant_id = fields.UUID(required=True)
    village_id = fields.UUID(required=True)
    name = fields.String(required=True)
    address = fields.String(required=True)
    is_open = fields.Boolean(required=True)
    kind = fields.Enum(
        ShopKind, by_value=True, required=True, metadata={"description": "`mall`: it delivers"}
    )
    latitude = fields.Float(required=True, allow_none=True)
    longitude = fields.Float(required=True, allow_none=True)


class ShopListOut(Schema):
    items = fields.List(fields.Nested(ShopOut), required=True)


class ShopAccountOut(Schema):
    balance_fen = fields.Integer(required=True, metadata={"description": "All the shop has"})
    held_fen = fields.Integer(
        required=True, metadata={"description": "Part of it that is being cashed out"}
    )
    available_fen = fields.Integer(required=True, metadata={"description": "The rest"})
    today_count = fields.Integer(required=True)
    today_points = fields.Integer(required=True)
    today_subsidy_fen = fields.Integer(
        required=True, metadata={"description": "What funders of campaigns paid beside the points"}
    )
    day_limit_left_fen = fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "Of a cash-out, today, over all shops of the merchant"},
    )
    frozen_until = fields.AwareDateTime(
        required=True, allow_none=True, metadata={"description": "No cash-out before then"}
    )
    why_not = fields.String(
        required=True, allow_none=True, metadata={"description": "Why no cash-out is possible now"}
    )
    orders_open = fields.Integer(required=True, metadata={"description": "To be prepared"})
    orders_to_hand_out = fields.Integer(required=True)
    substitutes_unanswered = fields.Integer(required=True)


class ShopStretch(Schema):
    weekday = Integer(
        required=True,
        validate=validate.Range(min=1, max=7),
        metadata={"description": "1: Monday"},
    )
    opens_at = fields.Time(required=True, format="%H:%M")
    closes_at = ClosingTime(
        required=True,
        format="%H:%M",
        metadata={
            "description": "`24:00` is midnight; until 06:00, if not after `opens_at`, it is of the"
            " next day"
        },
    )

    @validates_schema
    def opens_before_it_closes(self, body: dict[str, Any], **_: Any) -> None:
        if not Stretch(**body).can_be():
            told = "打烊时间要晚于开门时间；开到零点以后的，最晚写到第二天 06:00"
            raise ValidationError(told, "closes_at")


class ShopTimes(Schema):
    week = fields.List(
        fields.Nested(ShopStretch),
        required=True,
        validate=validate.Length(max=28),
        metadata={"description": "Empty: the shop tells no hours"},
    )
    closed_on: fields.List[date] = fields.List(
        Date(), required=True, validate=validate.Length(max=60)
    )


class PlaceIn(Schema):
    """Where a shop is. Its place is public."""

    address = Name(required=True, validate=validate.Length(min=1, max=120))
    latitude = fields.Float(load_default=None, validate=validate.Range(-90, 90))
    longitude = fields.Float(load_default=None, validate=validate.Range(-180, 180))

    @validates_schema
    def both_or_none(self, body: dict[str, Any], **_: Any) -> None:
        if (body["latitude"] is None) != (body["longitude"] is None):
            raise ValidationError("经度和纬度要一起填写", "longitude")


class KindIn(Schema):
    kind = fields.Enum(ShopKind, by_value=True, required=True)


class NearArgs(PlaceArgs):
    village_id = fields.UUID(
        load_default=None, metadata={"description": "Omit for that of the caller's household"}
    )
    latitude = fields.Float(
        load_default=None,
        validate=validate.Range(-90, 90),
        metadata={"description": "Where the caller is: three decimals are enough, and all we use"},
    )
    longitude = fields.Float(load_default=None, validate=validate.Range(-180, 180))

    @validates_schema
    def both_or_none(self, body: dict[str, Any], **_: Any) -> None:
        if (body["latitude"] is None) != (body["longitude"] is None):
            raise ValidationError("经度和纬度要一起填写", "longitude")


class NearShopOut(Schema):
    id = fields.UUID(required=True, attribute="shop.id")
    name = fields.String(required=True, attribute="shop.name")
    kind = fields.Enum(ShopKind, by_value=True, required=True, attribute="shop.kind")
    delivers = fields.Boolean(required=True)
    village_id = fields.UUID(required=True, attribute="shop.village_id")
    village = fields.String(required=True)
    address = fields.String(required=True, attribute="shop.address")
    latitude = fields.Float(required=True, allow_none=True, attribute="shop.latitude")
    longitude = fields.Float(required=True, allow_none=True, attribute="shop.longitude")
    distance_metres = fields.Integer(required=True, allow_none=True)
    times = fields.Nested(ShopTimes, required=True)
    is_open_now = fields.Boolean(required=True)
    campaigns = fields.List(
        fields.String(), required=True, metadata={"description": "Their names, today"}
    )


NearShopPage = placed_page_of(NearShopOut)
