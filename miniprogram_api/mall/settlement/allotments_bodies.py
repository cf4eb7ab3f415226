"""Bodies of allotments."""

from marshmallow import Schema, fields, validate

from app.kernel.decisions import DecisionState
from app.web.fields import Integer
from app.web.paging import CountedArgs, counted_page_of


class AllotmentIn(Schema):
    village_id = fields.UUID(required=True)
    amount_fen = Integer(required=True, strict=True, validate=validate.Range(1, 10**12))


class AllotmentsArgs(CountedArgs):
    state = fields.Enum(DecisionState, by_value=True, load_default=None)
    village_id = fields.UUID(load_default=None)


class AllotmentOut(Schema):
    id = fields.UUID(required=True)
    village_id = fields.UUID(required=True)
    amount_fen = fields.Integer(required=True)
    state = fields.Enum(DecisionState, by_value=True, required=True)
    proposed_at = fields.AwareDateTime(required=True)
    decided_at = fields.AwareDateTime(required=True, allow_none=True)


class AllotmentRowOut(AllotmentOut):
    village_name = fields.String(required=True)
    proposed_by_name = fields.String(required=True, allow_none=True)


AllotmentPage = counted_page_of(AllotmentRowOut)
