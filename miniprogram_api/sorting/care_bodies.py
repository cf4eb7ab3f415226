"""Bodies of the care register and of visit notes."""

from marshmallow import Schema, fields, validate

from app.register.identity.roles import Role
from app.sorting.care.models import CareEnd, CareReason
from app.web.fields import Date, Lines
from app.web.paging import PageArgs, page_of

NOTE_LENGTH_MAX = 200


class CareNeedIn(Schema):
    reasons = fields.List(
        fields.Enum(CareReason, by_value=True),
        required=True,
        validate=validate.Length(1, len(CareReason)),
    )
    note = Lines(load_default=None, validate=validate.Length(1, NOTE_LENGTH_MAX))
    review_on = Date(required=True, metadata={"description": "When to look again; within a year"})


class CareEntryIn(CareNeedIn):
    household_id = fields.UUID(required=True)


class CareEndIn(Schema):
    because = fields.Enum(
        CareEnd,
        by_value=True,
        required=True,
        validate=validate.OneOf([end for end in CareEnd if end is not CareEnd.REVISED]),
    )


class CareEntriesArgs(PageArgs):
    without_phone = fields.Boolean(
        load_default=False,
        metadata={"description": "Only households to which no phone is bound"},
    )


class OfHouseholdArgs(PageArgs):
    household_id = fields.UUID(required=True)


class CareEntryOut(Schema):
    id = fields.UUID(required=True)
    household_id = fields.UUID(required=True)
    head = fields.String(required=True, metadata={"description": "Name of the head, masked"})
    door_number = fields.String(required=True)
    reasons = fields.List(fields.Enum(CareReason, by_value=True), required=True)
    note = fields.String(required=True, allow_none=True)
    review_on = fields.Date(required=True)
    is_review_due = fields.Boolean(required=True)
    has_bound_phone = fields.Boolean(required=True)
    entered_as = fields.Enum(Role, by_value=True, required=True)
    entered_at = fields.AwareDateTime(required=True)
    ended_at = fields.AwareDateTime(required=True, allow_none=True)
    ended_because = fields.Enum(CareEnd, by_value=True, required=True, allow_none=True)


class VisitNoteIn(Schema):
    household_id = fields.UUID(required=True)
    text = Lines(
        required=True,
        validate=validate.Length(1, NOTE_LENGTH_MAX),
    )


class VisitNoteOut(Schema):
    id = fields.UUID(required=True)
    household_id = fields.UUID(required=True)
    text = fields.String(required=True)
    written_as = fields.Enum(Role, by_value=True, required=True)
    written_at = fields.AwareDateTime(required=True)


CareEntryPage = page_of(CareEntryOut)
VisitNotePage = page_of(VisitNoteOut)
