"""Bodies of bank statements and of the reconciliation of a day."""

from marshmallow import Schema, fields

from mall.settlement.reconciliation import DifferenceKind


class StatementFileIn(Schema):
    file = fields.Raw(
        required=True,
        metadata={"type": "string", "format": "binary", "description": "The bank's CSV file"},
    )


class ImportedOut(Schema):
    id = fields.UUID(required=True, attribute="statement.id")
    on = fields.Date(required=True, attribute="statement.on_day")
    opening_fen = fields.Integer(required=True, attribute="statement.opening_fen")
    closing_fen = fields.Integer(required=True, attribute="statement.closing_fen")
    is_repeat = fields.Boolean(
        required=True, metadata={"description": "The file came before; nothing changed"}
    )
    new_lines = fields.Integer(required=True)
    known_lines = fields.Integer(required=True)
    changed_lines = fields.Integer(
        required=True, metadata={"description": "Came before with other contents: kept apart"}
    )


class DayArgs(Schema):
    on = fields.Date(required=True, metadata={"description": "A day, say 2026-06-01"})


class DifferenceOut(Schema):
    kind = fields.Enum(DifferenceKind, by_value=True, required=True)
    what_to_do = fields.String(required=True)
    bank_reference = fields.String(required=True, allow_none=True)
    cash_out_id = fields.UUID(required=True, allow_none=True)
    bank_fen = fields.Integer(
        required=True, allow_none=True, metadata={"description": "Negative: out of custody"}
    )
    our_fen = fields.Integer(required=True, allow_none=True)


class ReconciliationOut(Schema):
    on = fields.Date(required=True)
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
