"""Bodies of a household as its staff see it whole."""

from marshmallow import Schema, fields

from app.photos.models import Variant
from app.register.households.models import RelationKind
from miniprogram_api.photos.picture_links import PictureLink
from miniprogram_api.register.households_bodies import HouseholdOut, MemberOut


class OverviewBucketOut(Schema):
    points = fields.Integer(attribute="available", required=True)
    expires_on = fields.Date(required=True, allow_none=True)


class OverviewAboutOut(Schema):
    kind = fields.String(required=True)
    id = fields.UUID(required=True)


class OverviewLineOut(Schema):
    id = fields.UUID(required=True)
    at = fields.AwareDateTime(attribute="decided_at", required=True)
    title = fields.String(required=True)
    words = fields.String(required=True, allow_none=True)
    points = fields.Integer(attribute="amount", required=True)
    about = fields.Nested(OverviewAboutOut, required=True, allow_none=True)


class OverviewDayOut(Schema):
    on = fields.Date(required=True)
    put_out = fields.Boolean(required=True)
    self_checked = fields.Boolean(required=True)
    grade = fields.String(required=True, allow_none=True)


class OverviewRatioOut(Schema):
    part = fields.Integer(required=True)
    whole = fields.Integer(required=True)
    basis_points = fields.Integer(required=True, allow_none=True)


class OverviewRatesOut(Schema):
    put_out = fields.Nested(OverviewRatioOut, required=True)
    self_check = fields.Nested(OverviewRatioOut, required=True)
    accuracy = fields.Nested(OverviewRatioOut, required=True)


class OverviewRelatedOut(Schema):
    household_id = fields.UUID(required=True)
    kind = fields.Enum(RelationKind, by_value=True, required=True)
    head = fields.String(required=True, metadata={"description": "Masked"})
    place = fields.String(required=True)


class OverviewPhotoOut(Schema):
    photo_id = fields.UUID(required=True)
    thumb_url = PictureLink(Variant.THUMB, "photo_id")
    kind = fields.String(required=True, metadata={"enum": ["self_check", "check"]})
    at = fields.AwareDateTime(required=True)
    state = fields.String(
        required=True, metadata={"description": "Of a self-check; of a check its grade"}
    )
    points = fields.Integer(required=True)


class HouseholdOverviewOut(Schema):
    household = fields.Nested(HouseholdOut, required=True)
    entered_on = fields.Date(required=True, metadata={"description": "On the roster"})
    members = fields.List(fields.Nested(MemberOut), required=True)
    points = fields.Integer(required=True)
    buckets = fields.List(fields.Nested(OverviewBucketOut), required=True)
    owed = fields.Integer(required=True)
    lines = fields.List(
        fields.Nested(OverviewLineOut), required=True, metadata={"description": "The newest"}
    )
    days = fields.List(
        fields.Nested(OverviewDayOut), required=True, metadata={"description": "Of this month"}
    )
    rates = fields.Nested(
        OverviewRatesOut,
        required=True,
        attribute="counts",
        metadata={"description": "Of the days of this month that are over"},
    )
    card = fields.String(
        required=True, allow_none=True, metadata={"description": "Last three digits"}
    )
    card_state = fields.String(
        required=True, allow_none=True, metadata={"enum": ["printed", "active", "blocked", None]}
    )
    proxies = fields.Integer(required=True)
    related = fields.List(fields.Nested(OverviewRelatedOut), required=True)
    care_reasons = fields.List(fields.String(), required=True)
    care_review_on = fields.Date(required=True, allow_none=True)
    open_orders = fields.Integer(required=True)
    photos = fields.List(fields.Nested(OverviewPhotoOut), required=True)
