"""Bodies of the liaison's list."""

from marshmallow import Schema, fields

from app.web.paging import page_of


class AssignedHouseholdOut(Schema):
    id = fields.UUID(required=True)
    head = fields.String(required=True, metadata={"description": "Name of the head, masked"})
    door_number = fields.String(required=True)
    last_check_at = fields.AwareDateTime(required=True, allow_none=True)
    is_checked_this_month = fields.Boolean(required=True)
    self_check_days = fields.Integer(
        required=True, metadata={"description": "Of the last 30 days, those with a self-check"}
    )


AssignedHouseholdPage = page_of(AssignedHouseholdOut)
