"""Bodies of what two people say about the bank's word."""

from marshmallow import Schema, fields, validate

from app.kernel.decisions import DecisionState
from app.web.fields import Lines, Token
from app.web.paging import page_of
from mall.settlement.models import BankDecisionKind, EntryClass

SAYABLE = (EntryClass.FUNDING, EntryClass.PAYOUT, EntryClass.RETURN, EntryClass.DISMISSED)


class BankDecisionIn(Schema):
    kind = fields.Enum(BankDecisionKind, by_value=True, required=True)
    subject_id = fields.UUID(
        required=True,
        metadata={"description": "The line, the statement file or the payment file"},
    )
    entry_class = fields.Enum(
        EntryClass,
        by_value=True,
        load_default=None,
        validate=validate.OneOf(SAYABLE),
        metadata={"description": "What a line is; `dismissed` moves nothing"},
    )
    cash_out_id = fields.UUID(load_default=None)
    reason = Lines(required=True, validate=validate.Length(min=2, max=500))


class BankApprovalIn(Schema):
    digest = Token(
        load_default=None, metadata={"description": "Of what was read; another is refused"}
    )


class BankDecisionOut(Schema):
    id = fields.UUID(required=True)
    kind = fields.Enum(BankDecisionKind, by_value=True, required=True)
    subject_id = fields.UUID(required=True)
    entry_class = fields.Enum(EntryClass, by_value=True, required=True, allow_none=True)
    cash_out_id = fields.UUID(required=True, allow_none=True)
    reason = fields.String(required=True)
    state = fields.Enum(DecisionState, by_value=True, required=True)
    digest = fields.String(required=True)
    proposed_at = fields.AwareDateTime(required=True)
    decided_at = fields.AwareDateTime(required=True, allow_none=True)


BankDecisionPage = page_of(BankDecisionOut)
