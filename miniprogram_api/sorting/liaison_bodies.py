"""Bodies of the liaison's list."""

from marshmallow import Schema, fields

from app.sorting.care.models import CareReason
from app.sorting.care.visits import Need
from app.web.paging import PageArgs, page_of
from miniprogram_api.sorting.care_bodies import VisitNoteOut


class AssignedHouseholdsArgs(PageArgs):
    need = fields.Enum(
        Need,
        by_value=True,
        load_default=None,
        metadata={"description": "Only those that are due, slipping, or in care"},
    )


class AssignedHouseholdOut(Schema):
    id = fields.UUID(required=True)
    head = fields.String(
        required=True, metadata={"description": "Name of the head in full; the trace has it"}
    )
    group = fields.String(required=True)
    has_phone = fields.Boolean(
        required=True, metadata={"description": "Somebody acts for it on a phone"}
    )
    door_number = fields.String(required=True)
    last_check_at = fields.AwareDateTime(
        required=True, allow_none=True, metadata={"description": "At the door, by any liaison"}
    )
    is_checked_this_month = fields.Boolean(required=True)
    put_out_days = fields.Integer(
        required=True, metadata={"description": "Of the last 30 days, those with waste put out"}
    )
    put_out_days_before = fields.Integer(
        required=True, metadata={"description": "The same of the 30 days before"}
    )
    put_out_percent = fields.Integer(required=True)
    self_check_days = fields.Integer(
        required=True, metadata={"description": "Of the last 30 days, those with a self-check"}
    )
    self_check_days_before = fields.Integer(
        required=True, metadata={"description": "The same of the 30 days before"}
    )
    self_check_percent = fields.Integer(required=True)
    is_due = fields.Boolean(
        required=True, metadata={"description": "No visit for too long, or a review has come"}
    )
    is_slipping = fields.Boolean(
        required=True, metadata={"description": "Worse than in the 30 days before"}
    )
    needs_care = fields.Boolean(required=True)
    care_reasons = fields.List(fields.Enum(CareReason, by_value=True), required=True)
    review_on = fields.Date(required=True, allow_none=True)
    last_note = fields.Nested(VisitNoteOut, required=True, allow_none=True)


class LiaisonCountsOut(Schema):
    all = fields.Integer(required=True)
    due = fields.Integer(required=True)
    slipping = fields.Integer(required=True)
    care = fields.Integer(required=True)
    done = fields.Integer(required=True, metadata={"description": "Visited this month"})


class AssignedHouseholdPage(page_of(AssignedHouseholdOut)):  # type: ignore[misc]
    counts = fields.Nested(LiaisonCountsOut, required=True)
