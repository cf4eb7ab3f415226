"""Bodies of deeds."""

from marshmallow import Schema, fields, validate

from app.web.fields import Instant, Lines
from app.web.paging import PageArgs, page_of


class DeedArgs(PageArgs):
    since = Instant(load_default=None, metadata={"description": "Deeds from this instant on"})
    only_waiting = fields.Boolean(
        load_default=False, metadata={"description": "Only what waits for a tick"}
    )


class DeedSeenIn(Schema):
    note = Lines(
        required=True,
        validate=validate.Length(min=2, max=200),
        metadata={"description": "What was found, in a sentence"},
    )


class DeedOut(Schema):
    id = fields.UUID(required=True)
    at = fields.AwareDateTime(required=True)
    action = fields.String(required=True)
    what = fields.String(required=True, metadata={"description": "What was done, in words"})
    who = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "Masked; null: the command line or the clock"},
    )
    roles = fields.List(
        fields.String(),
        required=True,
        metadata={"description": "Which they held at that moment, in words"},
    )
    subject_kind = fields.String(required=True)
    subject_id = fields.String(required=True)
    waits = fields.Boolean(required=True, metadata={"description": "For an auditor's tick"})
    seen_at = fields.AwareDateTime(required=True, allow_none=True)
    seen_by = fields.String(required=True, allow_none=True, metadata={"description": "Masked"})
    note = fields.String(required=True, allow_none=True)


DeedPage = page_of(DeedOut)
