"""Bodies of a shop's account statement."""

from marshmallow import Schema, fields, validate

from app.points import ledger
from app.web.fields import Date, Token


class PeriodArgs(Schema):
    from_on = Date(required=True, data_key="from", metadata={"description": "First day"})
    to_on = Date(required=True, data_key="to", metadata={"description": "Last day, included"})
    format = Token(load_default="json", validate=validate.OneOf(["json", "xlsx", "html"]))


class MovementOut(Schema):
    id = fields.UUID(required=True)
    at = fields.AwareDateTime(required=True)
    kind = fields.Enum(ledger.TransferKind, by_value=True, required=True)
    words = fields.String(required=True, metadata={"description": "What it was, for people"})
    amount_fen = fields.Integer(required=True, metadata={"description": "In is positive"})
    market_price_fen = fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "Of the goods, when a campaign paid a part of them"},
    )
    funder_name = fields.String(
        required=True, allow_none=True, metadata={"description": "Who paid for the campaign"}
    )
    balance_fen = fields.Integer(required=True, metadata={"description": "After it"})


class ShopStatementOut(Schema):
    shop_name = fields.String(required=True)
    merchant_name = fields.String(required=True)
    from_on = fields.Date(required=True, data_key="from")
    to_on = fields.Date(required=True, data_key="to")
    opening_fen = fields.Integer(required=True)
    in_fen = fields.Integer(required=True)
    out_fen = fields.Integer(required=True)
    closing_fen = fields.Integer(required=True)
    movements = fields.List(fields.Nested(MovementOut), required=True)
