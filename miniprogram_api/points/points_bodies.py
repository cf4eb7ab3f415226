"""Bodies of a household's points."""

from marshmallow import Schema, fields

from app.points import ledger
from app.web.paging import PageArgs, page_of


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


class PointsTransfersArgs(PageArgs):
    direction = fields.Enum(
        ledger.Direction,
        by_value=True,
        load_default=None,
        metadata={"description": "Only what came in, or what left"},
    )


class PointsAboutOut(Schema):
    kind = fields.String(
        required=True,
        metadata={"enum": ["award", "redemption", "order", "voucher", "sale"]},
    )
    id = fields.UUID(required=True)


class PointsTransferOut(Schema):
    id = fields.UUID(required=True)
    title = fields.String(
        required=True, metadata={"description": "What was done, or at which shop"}
    )
    words = fields.String(
        required=True, allow_none=True, metadata={"description": "What more there is to say"}
    )
    about = fields.Nested(
        PointsAboutOut,
        required=True,
        allow_none=True,
        metadata={"description": "What it rests on, to be opened"},
    )
    shop_name = fields.String(required=True, allow_none=True)
    kind = fields.Enum(ledger.TransferKind, by_value=True, required=True)
    points = fields.Integer(
        attribute="amount", required=True, metadata={"description": "Negative when they left"}
    )
    expires_on = fields.Date(required=True, allow_none=True)
    at = fields.AwareDateTime(attribute="decided_at", required=True)


PointsTransferPage = page_of(PointsTransferOut)
