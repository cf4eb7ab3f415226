"""Bodies of signing in."""

from marshmallow import Schema, fields, validate

from app.web.fields import Integer, Token


class SessionIn(Schema):
    code = Token(
        required=True,
        validate=validate.Length(min=1, max=512),
        metadata={"description": "Of `wx.login()`; works once, for five minutes"},
    )
    county_id = Integer(
        load_default=None,
        metadata={
            "description": "Division code; a newcomer names it where there are several counties"
        },
    )


class SessionOut(Schema):
    token = fields.String(
        required=True, metadata={"description": "Send as `Authorization: Bearer …`"}
    )
    expires_at = fields.AwareDateTime(required=True)
    user_id = fields.UUID(required=True)
    county_id = fields.Integer(required=True)
