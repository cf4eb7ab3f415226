"""Bodies of the trace."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from app.agreements.trace.words import ACTIONS
from app.web.fields import Token
from app.web.paging import DaysArgs, PageArgs, page_of


class TraceArgs(PageArgs, DaysArgs):
    user_id = fields.UUID(load_default=None, metadata={"description": "Who did it"})
    household_id = fields.UUID(
        load_default=None, metadata={"description": "Whose points, data or conduct it is about"}
    )
    subject_kind = Token(
        load_default=None,
        validate=validate.Length(max=40),
        metadata={"description": "To which kind of row: `user`, `card`, `proposal` …"},
    )
    subject_id = Token(
        load_default=None,
        validate=validate.Length(max=64),
        metadata={"description": "To which of them; only with `subject_kind`"},
    )
    action = Token(
        load_default=None,
        validate=validate.OneOf(sorted(ACTIONS)),
        metadata={"description": "What was done"},
    )
    request_id = Token(
        load_default=None,
        validate=validate.Length(max=200),
        metadata={"description": "As an answer or the log names it; or a command, or a job"},
    )

    @validates_schema
    def _names_the_kind(self, args: dict[str, Any], **_: Any) -> None:
        if args["subject_id"] is not None and args["subject_kind"] is None:
            raise ValidationError("请一起选是哪一类", "subject_kind")


class TraceEventOut(Schema):
    id = fields.UUID(required=True)
    at = fields.AwareDateTime(required=True)
    action = Token(required=True)
    what = fields.String(required=True, metadata={"description": "What was done, in words"})
    user_id = fields.UUID(required=True, allow_none=True)
    who = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "Masked; null: the clock, the command line, or no name"},
    )
    roles = fields.List(
        fields.String(),
        required=True,
        metadata={"description": "As which they were admitted, in words"},
    )
    household_id = fields.UUID(required=True, allow_none=True)
    subject_kind = fields.String(required=True)
    subject_id = fields.String(required=True)
    reason = fields.String(required=True, allow_none=True)
    channel = fields.String(
        required=True,
        allow_none=True,
        validate=validate.OneOf(["request", "command", "job"]),
        metadata={"description": "null: of a release that did not say"},
    )
    request_id = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "Of a command its words, of a job its name"},
    )
    details = fields.Dict(
        keys=fields.String(), required=True, metadata={"description": "Numbers and ids"}
    )
    seal_number = fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "Under which seal it lies; null in its first minutes"},
    )


TracePage = page_of(TraceEventOut)
