"""Bodies of a household's points."""

from marshmallow import Schema, fields

from app.points import ledger
from app.web.paging import page_of


class BucketOut(Schema):
    points = fields.Integer(attribute="available", required=True)
    expires_on = fields.Date(
        required=True,
        allow_none=True,
        metadata={"description": "The last day they can be spent; null: they never expire"},
    )


class PointsOut(Schema):
    points = fields.Integer(required=True, metadata={"description": "Spendable now; 1 = 1 fen"})
    buckets = fields.List(
        fields.Nested(BucketOut),
        required=True,
        metadata={"description": "Those that expire first are spent first"},
    )
    expires_next = fields.Nested(
        BucketOut,
        required=True,
        allow_none=True,
        metadata={"description": "What expires first, and its last day; null: nothing expires"},
    )
    owed = fields.Integer(
        required=True,
        metadata={"description": "Points of reversed awards that were spent; new awards repay it"},
    )


class PointsTransferOut(Schema):
    id = fields.UUID(required=True)
    kind = fields.Enum(ledger.TransferKind, by_value=True, required=True)
    points = fields.Integer(
        attribute="amount", required=True, metadata={"description": "Negative when they left"}
    )
    expires_on = fields.Date(required=True, allow_none=True)
    at = fields.AwareDateTime(attribute="decided_at", required=True)


PointsTransferPage = page_of(PointsTransferOut)
