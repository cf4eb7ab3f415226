"""Bodies of orders."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from app.web.fields import Digits, Integer, Lines, Name, Whole
from app.web.paging import CountedArgs, DaysArgs, counted_page_of
from mall.orders.models import CancelledBy, LineState, OrderState, Way
from mall.orders.placing import LINES_MAX

_COUNT = validate.Range(min=1, max=999)
_REASON = validate.Length(min=2, max=100)
_WHOLE = {"description": "Of the whole line"}


class WantedIn(Schema):
    offer_id = fields.UUID(required=True)
    count = Integer(required=True, strict=True, validate=_COUNT)


class BasketIn(Schema):
    shop_id = fields.UUID(required=True)
    lines = fields.List(
        fields.Nested(WantedIn), required=True, validate=validate.Length(min=1, max=LINES_MAX)
    )

    @validates_schema
    def names_each_offer_once(self, body: dict[str, Any], **_: object) -> None:
        offers = [line["offer_id"] for line in body["lines"]]
        if len(offers) != len(set(offers)):
            raise ValidationError("同一件商品请写在一行里", "lines")


class OrderIn(BasketIn):
    way = fields.Enum(Way, by_value=True, required=True)
    points = Integer(
        required=True,
        strict=True,
        validate=validate.Range(min=1),
        metadata={"description": "The total that the household was shown"},
    )


class PricedLineOut(Schema):
    offer_id = fields.UUID(required=True)
    count = fields.Integer(required=True)
    name = fields.String(required=True, allow_none=True)
    unit = fields.String(required=True, allow_none=True)
    market_price_fen = fields.Integer(required=True, metadata=_WHOLE)
    points = fields.Integer(required=True, metadata=_WHOLE)
    subsidy_fen = fields.Integer(required=True, metadata=_WHOLE)
    campaign_name = fields.String(required=True, allow_none=True)
    funder_name = fields.String(required=True, allow_none=True)
    why_full_price = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "When a campaign runs and cannot pay"},
    )
    why_not = fields.String(
        required=True, allow_none=True, metadata={"description": "Why it cannot be ordered now"}
    )


class PricedBasketOut(Schema):
    lines = fields.List(fields.Nested(PricedLineOut), required=True)
    points = fields.Integer(required=True, metadata={"description": "Of what can be ordered"})
    available = fields.Integer(required=True, metadata={"description": "What the household has"})
    missing = fields.Integer(required=True)
    can_be_ordered = fields.Boolean(required=True)


class OrderLineOut(Schema):
    id = fields.UUID(required=True)
    replaces_id = fields.UUID(
        required=True, allow_none=True, metadata={"description": "The line it is offered for"}
    )
    offer_id = fields.UUID(required=True)
    state = fields.Enum(LineState, by_value=True, required=True)
    name = fields.String(required=True)
    unit = fields.String(required=True)
    count = fields.Integer(required=True)
    market_price_fen = fields.Integer(required=True, metadata=_WHOLE)
    settlement_fen = fields.Integer(required=True, metadata=_WHOLE)
    points = fields.Integer(required=True, metadata=_WHOLE)
    subsidy_fen = fields.Integer(required=True, metadata=_WHOLE)
    campaign_name = fields.String(required=True, allow_none=True)
    funder_name = fields.String(required=True, allow_none=True)
    refunded_count = fields.Integer(required=True)
    answer_until = fields.AwareDateTime(
        required=True, allow_none=True, metadata={"description": "Of a substitute that is offered"}
    )


class OrderOut(Schema):
    id = fields.UUID(required=True)
    shop_id = fields.UUID(required=True)
    shop_name = fields.String(required=True)
    shop_address = fields.String(required=True)
    place = fields.String(required=True, metadata={"description": "Village and group"})
    customer = fields.String(required=True, metadata={"description": "The head, masked"})
    way = fields.Enum(Way, by_value=True, required=True)
    state = fields.Enum(OrderState, by_value=True, required=True)
    agreed_points = fields.Integer(required=True, metadata={"description": "When it was placed"})
    points = fields.Integer(required=True, metadata={"description": "For what it still holds"})
    placed_at = fields.AwareDateTime(required=True)
    due_at = fields.AwareDateTime(
        required=True, allow_none=True, metadata={"description": "Then it ends by itself"}
    )
    holds_until = fields.AwareDateTime(
        required=True, allow_none=True, metadata={"description": "Ready goods wait until then"}
    )
    ended_at = fields.AwareDateTime(required=True, allow_none=True)
    cancelled_by = fields.Enum(CancelledBy, by_value=True, required=True, allow_none=True)
    reason = fields.String(required=True, allow_none=True)
    received_by = fields.String(required=True, allow_none=True)
    lines = fields.List(fields.Nested(OrderLineOut), required=True)


class OrderPageArgs(CountedArgs, DaysArgs):
    state = fields.Enum(OrderState, by_value=True, load_default=None)


class OrderCodeOut(Schema):
    qr = fields.String(required=True, metadata={"description": "FENO1.<order id in hex>.<digits>"})
    digits = fields.String(required=True)


class HandOverIn(Schema):
    code = Digits(
        validate=Whole(r"^[0-9]{8}$"), metadata={"description": "The digits of the order"}
    )
    received_by = Name(
        validate=validate.Length(min=2, max=20),
        metadata={"description": "Who took a delivery, if nobody shows digits"},
    )
    without = fields.List(
        fields.UUID(),
        load_default=[],
        validate=validate.Length(max=2 * LINES_MAX),
        metadata={"description": "Lines that the household did not get"},
    )

    @validates_schema
    def one_of_two(self, body: dict[str, object], **_: object) -> None:
        if ("code" in body) == ("received_by" in body):
            raise ValidationError("请输入取货码，或写明谁收的货", "code")


class RefusalIn(Schema):
    reason = Lines(required=True, validate=_REASON)


class SubstituteAnswerIn(Schema):
    is_wanted = fields.Boolean(required=True)


class BackIn(Schema):
    line_id = fields.UUID(required=True)
    count = Integer(required=True, strict=True, validate=_COUNT)
    reason = Lines(required=True, validate=_REASON)


OrderPage = counted_page_of(OrderOut)
