"""What the caller is told of themselves."""

from marshmallow import Schema, fields

from app.photos.models import Variant
from app.register.identity.roles import Role
from app.sorting.inspections.models import Grade, Setting
from app.sorting.self_checks.models import SelfCheckState
from app.web.fields import ClosingTime
from miniprogram_api.photos.picture_links import PictureLink
from miniprogram_api.register.households_bodies import HouseholdOut, MemberOut


class GrantPlaceOut(Schema):
    id = fields.UUID(required=True)
    kind = fields.String(
        required=True,
        metadata={"enum": ["county", "town", "village", "group", "shop", "merchant"]},
    )
    name = fields.String(required=True)


class GrantOut(Schema):
    role = fields.String(required=True)
    place_id = fields.UUID(required=True, metadata={"description": "A region, shop or merchant"})
    place = fields.Nested(GrantPlaceOut, required=True)


class CountyOut(Schema):
    id = fields.Integer(required=True, metadata={"description": "Six-digit division code"})
    name = fields.String(required=True)


class MeOut(Schema):
    user_id = fields.UUID(required=True)
    name = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "One's own; null before binding, for whoever is not staff"},
    )
    roles = fields.List(fields.String(), required=True)
    grants = fields.List(fields.Nested(GrantOut), required=True)
    county = fields.Nested(CountyOut, required=True)
    binding_id = fields.UUID(required=True, allow_none=True)
    household = fields.Nested(HouseholdOut, required=True, allow_none=True)


class OwnMembersOut(Schema):
    is_head = fields.Boolean(required=True, metadata={"description": "The caller is its head"})
    items = fields.List(fields.Nested(MemberOut), required=True)


class TodayBucketOut(Schema):
    points = fields.Integer(attribute="available", required=True)
    expires_on = fields.Date(
        required=True, allow_none=True, metadata={"description": "Null: they never expire"}
    )


class TodayPutOutOut(Schema):
    at = fields.AwareDateTime(required=True)
    setting = fields.Enum(Setting, by_value=True, required=True)
    words = fields.String(required=True)


class TodayPhotoOut(Schema):
    id = fields.UUID(required=True, metadata={"description": "The self-check"})
    photo_id = fields.UUID(required=True)
    thumb_url = PictureLink(Variant.THUMB, "photo_id")
    state = fields.Enum(SelfCheckState, by_value=True, required=True)
    submitted_at = fields.AwareDateTime(required=True)
    points = fields.Integer(required=True)
    words = fields.String(required=True)


class TodayCheckOut(Schema):
    at = fields.AwareDateTime(required=True)
    setting = fields.Enum(Setting, by_value=True, required=True)
    grade = fields.Enum(Grade, by_value=True, required=True)


class ReadyOrderOut(Schema):
    id = fields.UUID(required=True)
    state = fields.String(required=True, metadata={"enum": ["ready", "on_the_way"]})
    way = fields.String(required=True, metadata={"enum": ["pick_up", "delivery"]})
    words = fields.String(required=True)
    shop_name = fields.String(required=True)
    holds_until = fields.AwareDateTime(required=True)
    closes_at = ClosingTime(
        required=True,
        allow_none=True,
        metadata={"description": "The shop, today by China's clock; null: not told, or closed"},
    )


class HouseholdTodayOut(Schema):
    on = fields.Date(required=True)
    points = fields.Integer(required=True, metadata={"description": "Spendable now; 1 = 1 fen"})
    buckets = fields.List(fields.Nested(TodayBucketOut), required=True)
    put_out = fields.Nested(TodayPutOutOut, required=True, allow_none=True)
    photo = fields.Nested(
        TodayPhotoOut, required=True, allow_none=True, metadata={"description": "The newest"}
    )
    photo_points = fields.Integer(
        required=True, metadata={"description": "What an approved photo earns"}
    )
    check = fields.Nested(
        TodayCheckOut, required=True, allow_none=True, metadata={"description": "The newest"}
    )
    checks_this_month = fields.Integer(required=True)
    points_today = fields.Integer(required=True, metadata={"description": "That came in"})
    points_in_notice = fields.Integer(
        required=True, metadata={"description": "Decided, and not paid yet"}
    )
    ready_orders = fields.List(fields.Nested(ReadyOrderOut), required=True)
    sales_to_confirm = fields.Integer(required=True)
    unread = fields.Integer(required=True, metadata={"description": "Notices"})
    put_outs_this_month = fields.Integer(required=True)
    photo_days_this_month = fields.Integer(required=True)
    days_this_month = fields.Integer(
        required=True, metadata={"description": "That have begun, today among them"}
    )


class WorkOut(Schema):
    role = fields.Enum(Role, by_value=True, required=True)
    count = fields.Integer(required=True)
    next = fields.String(
        required=True, allow_none=True, metadata={"description": "Null: nothing waits"}
    )


class WorkListOut(Schema):
    items = fields.List(fields.Nested(WorkOut), required=True)
