"""Bodies of budgets."""

from marshmallow import Schema, fields


class BudgetOut(Schema):
    village_id = fields.UUID(required=True)
    village = fields.String(required=True)
    town = fields.String(required=True)
    households = fields.Integer(required=True)
    allotted_fen = fields.Integer(required=True, metadata={"description": "All that ever was"})
    used_fen = fields.Integer(
        required=True, metadata={"description": "By awards, less what came back"}
    )
    left_fen = fields.Integer(required=True)
    used_percent = fields.Integer(
        required=True, metadata={"description": "Of what was there after the newest allotment"}
    )
    is_low = fields.Boolean(required=True, metadata={"description": "80 % or more of it is used"})
    waiting_count = fields.Integer(required=True, metadata={"description": "Awards without money"})
    waiting_points = fields.Integer(required=True)
    days_left_by_caps = fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "If every household earns all it can; null: it can earn nothing"},
    )
    days_left_by_trend = fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "If it goes on as in the last four weeks; null: nothing earned"},
    )


class BudgetListOut(Schema):
    items = fields.List(fields.Nested(BudgetOut), required=True)
