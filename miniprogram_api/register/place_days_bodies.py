"""Bodies of a place's day and of burden."""

from marshmallow import Schema, fields

from app.web.fields import Date


class PlaceTodayOut(Schema):
    region_id = fields.UUID(required=True)
    name = fields.String(required=True)
    kind = fields.String(required=True, metadata={"enum": ["county", "town", "village", "group"]})
    on = fields.Date(required=True)
    households = fields.Integer(required=True)
    put_out = fields.Integer(
        required=True, metadata={"description": "Households whose waste somebody saw today"}
    )
    photographed = fields.Integer(required=True)
    photos_waiting = fields.Integer(required=True)
    disputes_waiting = fields.Integer(required=True)
    conflicts_open = fields.Integer(required=True)
    visits_due = fields.Integer(
        required=True, metadata={"description": "Households not visited for too long"}
    )
    without_liaison = fields.Integer(required=True)
    without_phone_or_card = fields.Integer(required=True)
    in_care = fields.Integer(required=True)
    to_tell = fields.Integer(
        required=True, metadata={"description": "Notices to be told at the door"}
    )
    sales_waiting = fields.Integer(required=True)
    visits_left = fields.Integer(required=True, metadata={"description": "Of this week"})
    budget_left_fen = fields.Integer(
        required=True, metadata={"description": "Of its villages; of a group, its village's"}
    )
    awards_waiting = fields.Integer(required=True, metadata={"description": "For the budget alone"})


class BurdenArgs(Schema):
    day = Date(load_default=None, metadata={"description": "A day of the week; omit for today"})


class BurdenOut(Schema):
    user_id = fields.UUID(required=True)
    name = fields.String(required=True, allow_none=True)
    records = fields.Integer(required=True)
    photos = fields.Integer(required=True)
    days = fields.Integer(required=True)
    minutes = fields.Integer(
        required=True, metadata={"description": "Reckoned from the times of the records"}
    )


class BurdenListOut(Schema):
    week_on = fields.Date(required=True)
    items = fields.List(fields.Nested(BurdenOut), required=True)
