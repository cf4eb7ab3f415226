"""Bodies of cash-outs."""

from marshmallow import Schema, fields, validate

from app.web.fields import Integer, Lines
from app.web.paging import CountedArgs, DaysArgs, counted_page_of
from mall.settlement.models import CashOutState


class CashOutIn(Schema):
    amount_fen = Integer(required=True, strict=True, validate=validate.Range(1, 10**12))
    shop_id = fields.UUID(
        load_default=None, metadata={"description": "Needed only by who owns more than one shop"}
    )


class DeclineIn(Schema):
    reason = Lines(required=True, validate=validate.Length(min=1, max=200))


class CashOutsArgs(CountedArgs, DaysArgs):
    state = fields.Enum(CashOutState, by_value=True, load_default=None)
    shop_id = fields.UUID(load_default=None)


class CashOutOut(Schema):
    id = fields.UUID(required=True)
    shop_id = fields.UUID(required=True)
    amount_fen = fields.Integer(required=True)
    payee_name = fields.String(required=True)
    payee_account_tail = fields.String(required=True)
    payee_bank = fields.String(required=True)
    state = fields.Enum(CashOutState, by_value=True, required=True)
    reason = fields.String(
        required=True, allow_none=True, metadata={"description": "Why it was not paid"}
    )
    bank_reference = fields.String(required=True, allow_none=True)
    asked_at = fields.AwareDateTime(required=True, attribute="proposed_at")
    decided_at = fields.AwareDateTime(required=True, allow_none=True)
    settled_at = fields.AwareDateTime(required=True, allow_none=True)
    returned_at = fields.AwareDateTime(required=True, allow_none=True)


class CashOutRowOut(CashOutOut):
    shop_name = fields.String(required=True)
    proposed_by_name = fields.String(required=True, allow_none=True)
    open_flags = fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "Risk flags open on the shop; null for its merchant"},
    )


CashOutPage = counted_page_of(CashOutRowOut)
