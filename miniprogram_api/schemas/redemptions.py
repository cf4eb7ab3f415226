"""Bodies of redemptions."""

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from app.web.paging import page_of
from mall.redemption.models import RedemptionState


class RedemptionIn(Schema):
    code = fields.String(
        validate=validate.Length(min=1, max=64), metadata={"description": "Text of the QR code"}
    )
    digits = fields.String(
        validate=validate.Regexp(r"^[\d ]{9,16}$"),
        metadata={"description": "The nine digits, instead of `code`"},
    )
    points = fields.Integer(
        required=True,
        strict=True,
        validate=validate.Range(min=1),
        metadata={"description": "What the customer was told to pay"},
    )
    price_fen = fields.Integer(
        strict=True,
        load_default=None,
        validate=validate.Range(min=1),
        metadata={"description": "The goods' market price; without it no campaign is asked"},
    )
    shop_id = fields.UUID(
        load_default=None,
        metadata={"description": "Needed only by who serves at more than one shop"},
    )

    @validates_schema
    def one_of_two(self, body: dict[str, object], **_: object) -> None:
        if ("code" in body) == ("digits" in body):
            raise ValidationError("请扫付款码，或输入付款数字", "code")


class QuoteIn(Schema):
    price_fen = fields.Integer(
        required=True,
        strict=True,
        validate=validate.Range(min=1, max=10**9),
        metadata={"description": "The goods' market price"},
    )
    shop_id = fields.UUID(
        load_default=None,
        metadata={"description": "Needed only by who serves at more than one shop"},
    )


class PricedOut(Schema):
    market_price_fen = fields.Integer(required=True)
    points = fields.Integer(required=True, metadata={"description": "What the household pays"})
    subsidy_fen = fields.Integer(required=True, metadata={"description": "What the funder pays"})
    campaign_name = fields.String(required=True, allow_none=True)
    funder_name = fields.String(required=True, allow_none=True)


class QuoteOut(PricedOut):
    settlement_fen = fields.Integer(required=True, metadata={"description": "Owed to the shop"})
    why_full_price = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "For the customer, when a campaign runs and cannot pay"},
    )


class RedemptionOut(PricedOut):
    id = fields.UUID(required=True)
    shop_id = fields.UUID(required=True)
    shop_name = fields.String(required=True)
    state = fields.Enum(RedemptionState, by_value=True, required=True)
    paid_at = fields.AwareDateTime(required=True)


RedemptionPage = page_of(RedemptionOut)
