"""Bodies of roster imports."""

from flask_smorest.fields import Upload
from marshmallow import Schema, fields


class RosterFileIn(Schema):
    file = Upload(
        required=True, metadata={"description": "An .xlsx of at most 10 MB and 50,000 rows"}
    )


class RosterFormIn(Schema):
    dry_run = fields.Boolean(
        load_default=False, metadata={"description": "List the problems and change nothing"}
    )


class ProblemOut(Schema):
    row = fields.Integer(required=True, metadata={"description": "In the sheet, from 1"})
    column = fields.String(required=True, metadata={"description": "Its heading"})
    kind = fields.String(required=True, metadata={"description": "Stable, for programs"})
    message = fields.String(required=True, metadata={"description": "What to do, in Chinese"})


class RosterImportOut(Schema):
    is_dry_run = fields.Boolean(required=True)
    rows = fields.Integer(required=True)
    added = fields.Integer(required=True, metadata={"description": "Households"})
    updated = fields.Integer(required=True)
    unchanged = fields.Integer(required=True)
    new_groups = fields.List(fields.String(), required=True)
    problem_count = fields.Integer(required=True)
    problems = fields.List(
        fields.Nested(ProblemOut), required=True, metadata={"description": "The first 500, by row"}
    )
    question_count = fields.Integer(
        required=True,
        metadata={
            "description": "Rows left out until the column 同门牌 of the next file answers: "
            "a head whom nobody knows, at the door of another"
        },
    )
    questions = fields.List(
        fields.Nested(ProblemOut), required=True, metadata={"description": "The first 500, by row"}
    )
    confirmation_count = fields.Integer(
        required=True,
        metadata={
            "description": "What waits for a second person: name or phone of the head of a "
            "household with a phone, a card or points; another head; new households of a village "
            "that has begun"
        },
    )
    confirmations = fields.List(
        fields.Nested(ProblemOut), required=True, metadata={"description": "The first 500, by row"}
    )
    warning_count = fields.Integer(
        required=True,
        metadata={"description": "Phones that lead to two households: rows that are imported"},
    )
    warnings = fields.List(
        fields.Nested(ProblemOut), required=True, metadata={"description": "The first 500, by row"}
    )
    difference_count = fields.Integer(
        required=True, metadata={"description": "Columns of the households that are updated"}
    )
    differences = fields.List(
        fields.Nested(ProblemOut), required=True, metadata={"description": "The first 500, by row"}
    )
