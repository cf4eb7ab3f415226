"""Bodies of redemptions."""

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from app.web.paging import page_of
from mall.redemption.models import RedemptionState


class RedemptionIn(Schema):
    code = fields.String(
        validate=validate.Length(min=1, max=64), metadata={"description": "Text of the QR code"}
    )
    digits = fields.String(
        validate=validate.Regexp(r"^[\d ]{9,16}$"),
        metadata={"description": "The nine digits, instead of `code`"},
    )
    points = fields.Integer(required=True, strict=True, validate=validate.Range(min=1))
    shop_id = fields.UUID(
        load_default=None,
        metadata={"description": "Needed only by who serves at more than one shop"},
    )

    @validates_schema
    def one_of_two(self, body: dict[str, object], **_: object) -> None:
        if ("code" in body) == ("digits" in body):
            raise ValidationError("请扫付款码，或输入付款数字", "code")


class RedemptionOut(Schema):
    id = fields.UUID(required=True)
    shop_id = fields.UUID(required=True)
    shop_name = fields.String(required=True)
    points = fields.Integer(required=True, metadata={"description": "Moved to the shop"})
    state = fields.Enum(RedemptionState, by_value=True, required=True)
    paid_at = fields.AwareDateTime(required=True)


RedemptionPage = page_of(RedemptionOut)
