"""Bodies of risk flags."""

from marshmallow import Schema, fields, validate

from app.web.fields import Lines
from app.web.paging import CountedArgs, counted_page_of
from mall.risk import RiskReason, RiskState


class RiskFlagArgs(CountedArgs):
    is_open = fields.Boolean(
        load_default=True, metadata={"description": "Those to be judged, or those that were"}
    )
    reason = fields.Enum(RiskReason, by_value=True, load_default=None)
    shop_id = fields.UUID(load_default=None)


class JudgementIn(Schema):
    is_confirmed = fields.Boolean(
        required=True, metadata={"description": "It is what it looks like; false: explained"}
    )
    note = Lines(required=True, validate=validate.Length(4, 500))


class RiskFlagOut(Schema):
    id = fields.UUID(required=True)
    shop_id = fields.UUID(required=True)
    shop_name = fields.String(required=True)
    reason = fields.Enum(RiskReason, by_value=True, required=True)
    sentence = fields.String(required=True, metadata={"description": "For people, in Chinese"})
    figures = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    state = fields.Enum(RiskState, by_value=True, required=True)
    raised_at = fields.AwareDateTime(required=True)
    seen_at = fields.AwareDateTime(required=True)
    note = fields.String(required=True, allow_none=True)


RiskFlagPage = counted_page_of(RiskFlagOut)
