"""Bodies of pay codes."""

from marshmallow import Schema, fields

from mall.redemption.queries import CodeState
from miniprogram_api.mall.redemption.redemptions_bodies import PendingPaymentOut, RedemptionOut


class PayCodeOut(Schema):
    code = fields.String(required=True, metadata={"description": "Show it as a QR code"})
    digits = fields.String(
        required=True, metadata={"description": "Nine digits to type when scanning fails"}
    )
    expires_at = fields.AwareDateTime(
        required=True, metadata={"description": "Ask for a new code a little before"}
    )


class PayCodeStatusOut(Schema):
    state = fields.Enum(CodeState, by_value=True, required=True)
    expires_at = fields.AwareDateTime(required=True)
    redemption = fields.Nested(
        RedemptionOut, required=True, allow_none=True, metadata={"description": "Once it is paid"}
    )
    pending = fields.Nested(
        PendingPaymentOut,
        required=True,
        allow_none=True,
        metadata={"description": "A payment that waits for the caller's yes or no"},
    )
