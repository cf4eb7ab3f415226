"""Bodies of payment files and their results."""

from flask_smorest.fields import Upload
from marshmallow import Schema, fields

from app.outside.bank.desk import OrderState
from app.web.paging import page_of


class BatchOut(Schema):
    id = fields.UUID(required=True)
    count = fields.Integer(required=True, attribute="order_count")
    total_fen = fields.Integer(required=True)
    sha256 = fields.Function(
        lambda batch: batch.file_digest.hex(),
        required=True,
        metadata={"type": "string", "description": "Of the file, to be compared at the bank"},
    )
    file_name = fields.String(required=True)
    made_at = fields.AwareDateTime(required=True)


BatchPage = page_of(BatchOut)


class ResultFileIn(Schema):
    file = Upload(required=True, metadata={"description": "The bank's result file"})


class ResultProblemOut(Schema):
    row = fields.Integer(required=True, allow_none=True)
    payment_id = fields.String(required=True, allow_none=True)
    problem = fields.String(required=True)


class ResultFileOut(Schema):
    id = fields.UUID(required=True)
    batch_id = fields.UUID(required=True, allow_none=True)
    line_count = fields.Integer(required=True)
    is_quarantined = fields.Boolean(
        required=True, metadata={"description": "Kept apart; nothing of it was booked"}
    )
    problems = fields.List(fields.Nested(ResultProblemOut), required=True)
    received_at = fields.AwareDateTime(required=True)


class ResultFileListOut(Schema):
    items = fields.List(fields.Nested(ResultFileOut), required=True)


class DoubtOut(Schema):
    payment_id = fields.String(required=True)
    amount_fen = fields.Integer(required=True)
    state = fields.Enum(OrderState, by_value=True, required=True)
    reason = fields.String(required=True, allow_none=True)
    doubted_at = fields.AwareDateTime(required=True, allow_none=True)


class DoubtListOut(Schema):
    items = fields.List(fields.Nested(DoubtOut), required=True)
