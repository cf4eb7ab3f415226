"""Bodies of reversals."""

from marshmallow import Schema, fields, validate

from app.web.fields import Lines
from app.web.paging import CountedArgs, counted_page_of, page_of
from mall.reversals.models import ReversalState, Subject


class ReversalIn(Schema):
    subject = fields.Enum(Subject, by_value=True, required=True)
    subject_id = fields.UUID(required=True, metadata={"description": "Of the award or redemption"})
    reason = Lines(
        required=True,
        validate=validate.Length(4, 200),
        metadata={"description": "In plain Chinese: the household reads it"},
    )


class GivenReversalOut(Schema):
    """As the household reads it."""

    id = fields.UUID(required=True)
    subject = fields.Enum(Subject, by_value=True, required=True)
    subject_id = fields.UUID(required=True)
    points = fields.Integer(required=True, metadata={"description": "Of the award or redemption"})
    moved = fields.Integer(
        required=True, allow_none=True, metadata={"description": "Points that moved back"}
    )
    owed = fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "Spent already: later awards repay it"},
    )
    reason = fields.String(required=True)
    decided_at = fields.AwareDateTime(required=True, allow_none=True)


class ReversalsArgs(CountedArgs):
    state = fields.Enum(ReversalState, by_value=True, load_default=None)
    subject = fields.Enum(Subject, by_value=True, load_default=None)


class ReversalOut(GivenReversalOut):
    """As officials read it."""

    household_id = fields.UUID(required=True)
    village_id = fields.UUID(required=True)
    state = fields.Enum(ReversalState, by_value=True, required=True)
    proposed_at = fields.AwareDateTime(required=True)


ReversalPage = counted_page_of(ReversalOut)
GivenReversalPage = page_of(GivenReversalOut)
