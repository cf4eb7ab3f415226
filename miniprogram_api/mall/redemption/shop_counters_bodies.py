"""Bodies of what hangs and lies at a shop's counter: its code, and its day."""

from marshmallow import Schema, fields, validate

from app.web.fields import Date, Integer, Token
from mall.redemption.models import PaymentMethod
from miniprogram_api.mall.redemption.redemptions_bodies import LineIn, QuoteOut, SaleIn

_TOKEN = {"description": "Text of the code that hangs in the shop"}


class ShopCodeArgs(Schema):
    format = Token(load_default="json", validate=validate.OneOf(["json", "a4", "a6"]))


class ShopCodeOut(Schema):
    code = fields.String(required=True, attribute="token", metadata=_TOKEN)
    made_at = fields.AwareDateTime(required=True)


class ShopCodeQuoteIn(Schema):
    code = Token(required=True, validate=validate.Length(min=1, max=64), metadata=_TOKEN)
    price_fen = Integer(
        required=True,
        strict=True,
        validate=validate.Range(min=1, max=10**6),
        metadata={"description": "The goods' market price, as the customer typed it"},
    )
    lines = fields.List(fields.Nested(LineIn), load_default=list, validate=validate.Length(max=50))


class ShopCodeQuoteOut(QuoteOut):
    shop_id = fields.UUID(required=True)
    shop_name = fields.String(required=True)


class ShopCodePaymentIn(SaleIn):
    code = Token(required=True, validate=validate.Length(min=1, max=64), metadata=_TOKEN)


class ShopDayArgs(Schema):
    on = Date(load_default=None, metadata={"description": "Today, unless named"})


class DayPartOut(Schema):
    clerk_id = fields.UUID(required=True, allow_none=True)
    clerk_name = fields.String(
        required=True, allow_none=True, metadata={"description": "None: by the shop's code"}
    )
    payment_method = fields.Enum(PaymentMethod, by_value=True, required=True)
    count = fields.Integer(required=True)
    points = fields.Integer(required=True)
    void_count = fields.Integer(required=True)
    void_points = fields.Integer(required=True)


class FunderPartOut(Schema):
    funder_id = fields.UUID(required=True)
    funder_name = fields.String(required=True)
    subsidy_fen = fields.Integer(required=True)


class ShopDayOut(Schema):
    on = fields.Date(required=True)
    count = fields.Integer(required=True, metadata={"description": "Void ones are left out"})
    points = fields.Integer(required=True)
    void_count = fields.Integer(required=True)
    void_points = fields.Integer(required=True)
    subsidy_fen = fields.Integer(required=True, metadata={"description": "Less what came back"})
    parts = fields.List(fields.Nested(DayPartOut), required=True)
    funders = fields.List(fields.Nested(FunderPartOut), required=True)
    hours = fields.List(
        fields.Integer(),
        required=True,
        metadata={"description": "Points taken in each of the day's 24 hours, in China"},
    )
