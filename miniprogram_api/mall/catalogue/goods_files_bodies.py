"""Bodies of imports and exports of goods."""

from flask_smorest.fields import Upload
from marshmallow import Schema, fields

from miniprogram_api.register.rosters_bodies import ProblemOut


class GoodsFileIn(Schema):
    file = Upload(
        required=True, metadata={"description": "An .xlsx of at most 10 MB and 5,000 goods"}
    )


class GoodsFormIn(Schema):
    merchant_id = fields.UUID(required=True)
    dry_run = fields.Boolean(
        load_default=False, metadata={"description": "List the problems and change nothing"}
    )


class GoodsExportArgs(Schema):
    merchant_id = fields.UUID(required=True)


class GoodsImportOut(Schema):
    is_dry_run = fields.Boolean(required=True)
    rows = fields.Integer(required=True)
    added = fields.Integer(required=True)
    updated = fields.Integer(required=True)
    unchanged = fields.Integer(required=True)
    problem_count = fields.Integer(required=True)
    problems = fields.List(
        fields.Nested(ProblemOut), required=True, metadata={"description": "The first 500, by row"}
    )
