"""Bodies of shops and their accounts."""

from marshmallow import Schema, fields, validate

_NAME = validate.Length(min=1, max=60)


class ShopIn(Schema):
    merchant_id = fields.UUID(required=True)
    village_id = fields.UUID(required=True)
    name = fields.String(required=True, validate=_NAME)
    address = fields.String(required=True, validate=validate.Length(min=1, max=120))


class ShopPatch(Schema):
    is_open = fields.Boolean(required=True)


class ShopOut(Schema):
    id = fields.UUID(required=True)
    merchant_id = fields.UUID(required=True)
    village_id = fields.UUID(required=True)
    name = fields.String(required=True)
    address = fields.String(required=True)
    is_open = fields.Boolean(required=True)


class ShopListOut(Schema):
    items = fields.List(fields.Nested(ShopOut), required=True)


class ShopAccountOut(Schema):
    balance_fen = fields.Integer(required=True, metadata={"description": "All the shop has"})
    held_fen = fields.Integer(
        required=True, metadata={"description": "Part of it that is being cashed out"}
    )
    available_fen = fields.Integer(required=True, metadata={"description": "The rest"})
    today_count = fields.Integer(required=True)
    today_points = fields.Integer(required=True)
    today_subsidy_fen = fields.Integer(
        required=True, metadata={"description": "What funders of campaigns paid beside the points"}
    )
