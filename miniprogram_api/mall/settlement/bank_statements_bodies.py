"""Bodies of bank statements and of the reconciliation of a day."""

from flask_smorest.fields import Upload
from marshmallow import Schema, fields, validate

from app.web.fields import Date, Integer, Lines, Token
from app.web.paging import LIMIT_MAX, CountedArgs, DaysArgs, counted_page_of, page_of
from mall.settlement.models import EntryClass, StatementSource, StatementState
from mall.settlement.reconciliation import DifferenceKind

# What two people can say that a line is.
SAYABLE = (EntryClass.FUNDING, EntryClass.PAYOUT, EntryClass.RETURN, EntryClass.DISMISSED)


PARTS_MAX = 500


class StatementFileIn(Schema):
    file = Upload(required=True, metadata={"description": "The bank's file: camt.053 or CSV"})


class ImportedDayOut(Schema):
    id = fields.UUID(required=True, attribute="statement.id")
    on = fields.Date(required=True, attribute="statement.on_day")
    opening_fen = fields.Integer(required=True, attribute="statement.opening_fen")
    closing_fen = fields.Integer(required=True, attribute="statement.closing_fen")
    state = fields.Enum(StatementState, by_value=True, required=True, attribute="statement.state")
    is_repeat = fields.Boolean(
        required=True, metadata={"description": "The file came before; nothing changed"}
    )
    new_lines = fields.Integer(required=True)
    known_lines = fields.Integer(required=True)
    changed_lines = fields.Integer(
        required=True, metadata={"description": "Came before with other contents: kept apart"}
    )


class ImportedOut(ImportedDayOut):
    further = fields.List(
        fields.Nested(ImportedDayOut),
        required=True,
        metadata={"description": "The file's other days, oldest first; empty for one of one day"},
    )


class StatementOut(Schema):
    id = fields.UUID(required=True)
    on = fields.Date(required=True, attribute="on_day")
    opening_fen = fields.Integer(required=True)
    closing_fen = fields.Integer(required=True)
    line_count = fields.Integer(required=True)
    sha256 = fields.Function(
        lambda statement: statement.file_digest.hex(),
        required=True,
        metadata={"type": "string", "description": "Of the file, to be compared at the bank"},
    )
    source = fields.Enum(StatementSource, by_value=True, required=True)
    state = fields.Enum(StatementState, by_value=True, required=True)
    imported_at = fields.AwareDateTime(required=True)


StatementPage = counted_page_of(StatementOut)


class StatementsArgs(CountedArgs, DaysArgs):
    state = fields.Enum(StatementState, by_value=True, load_default=None)
    source = fields.Enum(StatementSource, by_value=True, load_default=None)


class StatementLineOut(Schema):
    id = fields.UUID(required=True)
    bank_reference = fields.String(required=True)
    booked_on = fields.Date(required=True)
    amount_fen = fields.Integer(required=True, metadata={"description": "Negative: out of custody"})
    counterparty_name = fields.String(required=True)
    purpose = fields.String(required=True)
    payment_id = fields.String(required=True, allow_none=True)
    entry_class = fields.Enum(EntryClass, by_value=True, required=True)
    is_bloc = fields.Boolean(
        required=True, metadata={"description": "Several transactions in one sum, not told which"}
    )
    part_of = fields.UUID(
        required=True,
        allow_none=True,
        metadata={"description": "The line that two people took apart; no file has its parts"},
    )


StatementLinePage = page_of(StatementLineOut)


class BankReasonIn(Schema):
    reason = Lines(required=True, validate=validate.Length(min=2, max=500))


class LinePartsIn(BankReasonIn):
    cash_out_ids = fields.List(
        fields.UUID(),
        required=True,
        validate=validate.Length(min=2, max=PARTS_MAX),
        metadata={"description": "The payments of which the line is the sum"},
    )


class LineClassIn(BankReasonIn):
    entry_class = fields.Enum(
        EntryClass,
        by_value=True,
        required=True,
        validate=validate.OneOf(SAYABLE),
        metadata={"description": "What the line is; `dismissed` moves nothing"},
    )
    cash_out_id = fields.UUID(
        load_default=None,
        metadata={"description": "Of which payment it is the debit or the return"},
    )


class DayArgs(Schema):
    on = Date(required=True, metadata={"description": "A day, say 2026-06-01"})


class DifferenceOut(Schema):
    key = fields.String(required=True, metadata={"description": "Names it when the day is closed"})
    kind = fields.Enum(DifferenceKind, by_value=True, required=True)
    what_to_do = fields.String(required=True)
    bank_reference = fields.String(required=True, allow_none=True)
    cash_out_id = fields.UUID(required=True, allow_none=True)
    entry_id = fields.UUID(
        required=True, allow_none=True, metadata={"description": "The line, for its classification"}
    )
    bank_fen = fields.Integer(
        required=True, allow_none=True, metadata={"description": "Negative: out of custody"}
    )
    our_fen = fields.Integer(required=True, allow_none=True)


class NoteIn(Schema):
    key = Token(required=True, validate=validate.Length(min=1, max=200))
    note = Lines(required=True, validate=validate.Length(min=1, max=500))


class ClosingIn(Schema):
    notes = fields.List(
        fields.Nested(NoteIn),
        load_default=list,
        metadata={"description": "One for each of `to_explain` of the day"},
    )


class ClosingOut(Schema):
    on = fields.Date(required=True, attribute="on_day")
    closing_fen = fields.Integer(required=True)
    ledger_custody_fen = fields.Integer(required=True)
    notes = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    closed_at = fields.AwareDateTime(required=True)


class ClosedDaysArgs(Schema):
    before = Date(
        load_default=None, metadata={"description": "`next` of the page before; omit to begin"}
    )
    limit = Integer(load_default=20, validate=validate.Range(min=1, max=LIMIT_MAX))


class ClosedDayOut(Schema):
    closing = fields.Nested(ClosingOut, required=True)
    closed_by = fields.String(
        required=True, allow_none=True, metadata={"description": "The name, of staff"}
    )


class ClosedDaysOut(Schema):
    items = fields.List(fields.Nested(ClosedDayOut), required=True)
    next = fields.Date(
        required=True,
        allow_none=True,
        metadata={"description": "`before` of the next page; null at the end"},
    )


class OpenDayOut(Schema):
    on = fields.Date(required=True)
    has_statement = fields.Boolean(required=True)


class OpenDaysOut(Schema):
    items = fields.List(fields.Nested(OpenDayOut), required=True)


class ReconciliationOut(Schema):
    on = fields.Date(required=True)
    has_statement = fields.Boolean(
        required=True,
        metadata={"description": "False: nothing moved, as the statements beside it say"},
    )
    opening_fen = fields.Integer(required=True)
    closing_fen = fields.Integer(required=True)
    ledger_custody_fen = fields.Integer(
        required=True, metadata={"description": "What the ledger says is at the bank that evening"}
    )
    unexplained_fen = fields.Integer(required=True)
    gap_fen = fields.Integer(
        required=True, metadata={"description": "Not zero: statements of days before are missing"}
    )
    funded_fen = fields.Integer(required=True)
    paid_fen = fields.Integer(required=True)
    returned_fen = fields.Integer(required=True)
    waiting_lines = fields.Integer(required=True)
    matched_lines = fields.Integer(required=True)
    payout_in_flight_fen = fields.Integer(required=True)
    is_balanced = fields.Boolean(required=True)
    differences = fields.List(fields.Nested(DifferenceOut), required=True)
    to_explain = fields.List(
        fields.String(), required=True, metadata={"description": "Keys that a closing must explain"}
    )
    closing = fields.Nested(
        ClosingOut, required=True, allow_none=True, metadata={"description": "None: still open"}
    )
