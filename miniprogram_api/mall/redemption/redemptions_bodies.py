"""Bodies of redemptions."""

from typing import Any

from marshmallow import (
    Schema,
    ValidationError,
    fields,
    post_load,
    validate,
    validates_schema,
)

from app.web.fields import Date, Digits, Integer, Lines, Token, Whole, Words
from app.web.paging import CountedArgs, DaysArgs, counted_page_of
from mall.redemption.models import PaymentMethod, PendingState, RedemptionState, VoidReason
from mall.redemption.service import Because, Line, Sale


class LineIn(Schema):
    name = Words(required=True, validate=validate.Length(min=1, max=40))
    quantity = Integer(required=True, strict=True, validate=validate.Range(min=1, max=999))
    price_fen = Integer(
        required=True,
        strict=True,
        validate=validate.Range(min=1, max=10**6),
        metadata={"description": "The market price of one"},
    )
    goods_id = fields.UUID(load_default=None)

    @post_load
    def line(self, body: dict[str, Any], **_: object) -> Line:
        return Line(**body)


class SaleIn(Schema):
    """An amount, and if wanted the goods it is for."""

    points = Integer(
        required=True,
        strict=True,
        validate=validate.Range(min=1),
        metadata={"description": "What the customer was told to pay"},
    )
    price_fen = Integer(
        strict=True,
        load_default=None,
        validate=validate.Range(min=1),
        metadata={
            "description": "The goods' market price; without it that of the lines. Without either"
            " no campaign is asked"
        },
    )
    lines = fields.List(
        fields.Nested(LineIn),
        load_default=list,
        validate=validate.Length(max=50),
        metadata={"description": "The goods; together they cost `price_fen`, if that is given"},
    )

    @post_load
    def sale(self, body: dict[str, Any], **_: object) -> dict[str, Any]:
        lines, price_fen = tuple(body.pop("lines")), body.pop("price_fen")
        if lines and price_fen is None:
            price_fen = sum(line.sum_fen for line in lines)
        return body | {"sale": Sale(body.pop("points"), price_fen, lines)}


class RedemptionIn(SaleIn):
    code = Token(
        validate=validate.Length(min=1, max=64), metadata={"description": "Text of the QR code"}
    )
    digits = Digits(
        validate=Whole(r"^[0-9]{9}$"),
        metadata={"description": "The nine digits, instead of `code`"},
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
    price_fen = Integer(
        required=True,
        strict=True,
        validate=validate.Range(min=1, max=10**9),
        metadata={"description": "The goods' market price"},
    )
    lines = fields.List(
        fields.Nested(LineIn),
        load_default=list,
        validate=validate.Length(max=50),
        metadata={"description": "The goods; a campaign pays only for what is on the shelf"},
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


def _kind(word: str) -> fields.Constant[str]:
    """Tells a payment that was made from one that the customer is asked about, without a status."""
    return fields.Constant(word, required=True, metadata={"type": "string", "enum": [word]})


class RedemptionOut(PricedOut):
    kind = _kind("paid")
    id = fields.UUID(required=True)
    shop_id = fields.UUID(required=True)
    shop_name = fields.String(required=True)
    state = fields.Enum(RedemptionState, by_value=True, required=True)
    paid_at = fields.AwareDateTime(required=True)
    payment_method = fields.Enum(PaymentMethod, by_value=True, required=True)
    void_reason = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "What the shop said when it took the payment back"},
    )
    tail = fields.String(
        required=True,
        metadata={"description": "Four digits by which customer and shop know the payment"},
    )


class ShopRedemptionOut(RedemptionOut):
    """A payment as the shop reads it: who served, with which card, what goods; not whose points."""

    served_by = fields.String(
        required=True, allow_none=True, metadata={"description": "Null: by the shop's code"}
    )
    card_tail = fields.String(required=True, allow_none=True)
    is_by_proxy = fields.Boolean(required=True)
    line_count = fields.Integer(required=True)
    first_line = fields.String(required=True, allow_none=True)


ShopRedemptionPage = counted_page_of(ShopRedemptionOut)
RedemptionPage = counted_page_of(RedemptionOut)


class RedemptionsArgs(CountedArgs, DaysArgs):
    state = fields.Enum(RedemptionState, by_value=True, load_default=None)


class AreaRedemptionsArgs(RedemptionsArgs):
    shop_id = fields.UUID(load_default=None)
    household_id = fields.UUID(load_default=None)


class AreaRedemptionOut(Schema):
    """A redemption as those read it who answer for a place."""

    id = fields.UUID(required=True)
    household_id = fields.UUID(required=True)
    household = fields.String(required=True, metadata={"description": "The head's name, masked"})
    redemption = fields.Nested(RedemptionOut, required=True)


AreaRedemptionPage = counted_page_of(AreaRedemptionOut)


class ShopPageArgs(RedemptionsArgs):
    on = Date(load_default=None, metadata={"description": "Only this day, in China"})


class LineOut(Schema):
    goods_id = fields.UUID(required=True, allow_none=True)
    name = fields.String(required=True)
    quantity = fields.Integer(required=True)
    price_fen = fields.Integer(required=True, metadata={"description": "Of one"})


class PendingPaymentOut(Schema):
    kind = _kind("asked")
    id = fields.UUID(required=True)
    state = fields.Enum(PendingState, by_value=True, required=True)
    shop_id = fields.UUID(required=True)
    shop_name = fields.String(required=True)
    points = fields.Integer(required=True, metadata={"description": "What the household pays"})
    market_price_fen = fields.Integer(required=True)
    subsidy_fen = fields.Integer(required=True, metadata={"description": "What the funder pays"})
    campaign_name = fields.String(required=True, allow_none=True)
    lines = fields.List(fields.Nested(LineOut), required=True)
    asked_at = fields.AwareDateTime(required=True)
    lapses_at = fields.AwareDateTime(required=True)
    redemption_id = fields.UUID(
        required=True, allow_none=True, metadata={"description": "Once it is confirmed"}
    )


class VoidIn(Schema):
    reason = fields.Enum(VoidReason, by_value=True, required=True)
    note = Lines(
        load_default=None,
        validate=validate.Length(min=2, max=100),
        metadata={"description": "Needed for `other`: the household reads it"},
    )
    code = Digits(
        load_default=None,
        validate=Whole(r"[0-9]{6}"),
        metadata={"description": "From the customer's phone; after ten minutes it is needed"},
    )

    @validates_schema
    def _another_is_told(self, body: dict[str, Any], **_: object) -> None:
        if body["reason"] is VoidReason.OTHER and body["note"] is None:
            raise ValidationError("请写明原因", "note")

    @post_load
    def _because(self, body: dict[str, Any], **_: object) -> dict[str, Any]:
        return {"because": Because(body["reason"], body["note"]), "code": body["code"]}


class VoidCodeOut(Schema):
    code = fields.String(required=True)


class SlipArgs(Schema):
    format = Token(load_default="json", validate=validate.OneOf(["json", "html"]))


class SlipOut(Schema):
    redemption = fields.Nested(RedemptionOut, required=True)
    shop_address = fields.String(required=True)
    lines = fields.List(fields.Nested(LineOut), required=True)
    voided_at = fields.AwareDateTime(required=True, allow_none=True)
