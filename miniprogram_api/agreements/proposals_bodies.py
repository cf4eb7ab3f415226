"""Bodies of proposals."""

from marshmallow import Schema, fields, validate

from app.agreements.proposals import ProposalState
from app.web.fields import Capitals, Lines, Token, Whole
from app.web.paging import PageArgs, page_of


class ProposalArgs(PageArgs):
    state = fields.Enum(ProposalState, by_value=True, load_default=None)
    kind = Token(load_default=None)
    to_decide = fields.Boolean(
        load_default=False, metadata={"description": "Only what waits for the caller"}
    )


class ProposalApprovalIn(Schema):
    digest = Token(
        required=True,
        validate=Whole(r"^[0-9a-f]{64}$"),
        metadata={"description": "`digest` of what was read"},
    )
    id_number = Capitals(
        load_default=None,
        validate=validate.Length(equal=18),
        metadata={"description": "Read off the document of whom it is about, where nobody has"},
    )


class ProposalReasonIn(Schema):
    reason = Lines(required=True, validate=validate.Length(min=2, max=200))


class ProposalLineOut(Schema):
    label = fields.String(required=True)
    before = fields.String(required=True, allow_none=True)
    after = fields.String(required=True, allow_none=True)


class ProposalOut(Schema):
    id = fields.UUID(required=True)
    kind = fields.String(required=True)
    title = fields.String(required=True)
    lines = fields.List(fields.Nested(ProposalLineOut), required=True)
    state = fields.Enum(ProposalState, by_value=True, required=True)
    reason = fields.String(required=True, allow_none=True)
    proposed_by = fields.String(
        required=True, allow_none=True, metadata={"description": "The name, of staff"}
    )
    proposed_at = fields.AwareDateTime(required=True)
    lapses_at = fields.AwareDateTime(required=True)
    decided_by = fields.String(required=True, allow_none=True)
    decided_at = fields.AwareDateTime(required=True, allow_none=True)
    effective_at = fields.AwareDateTime(
        required=True,
        allow_none=True,
        metadata={"description": "Agreed, it begins then; until then it can be stopped"},
    )
    done_at = fields.AwareDateTime(required=True, allow_none=True)
    still_needed = fields.Integer(
        required=True, metadata={"description": "How many must yet agree"}
    )
    is_mine = fields.Boolean(required=True)
    may_decide = fields.Boolean(required=True)
    may_stop = fields.Boolean(required=True)
    digest = fields.String(required=True)


ProposalPage = page_of(ProposalOut)
