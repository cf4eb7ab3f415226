"""Bodies of signing in at a computer."""

from marshmallow import Schema, fields, validate

from app.web.fields import Integer, Token


class StaffSessionIn(Schema):
    county_id = Integer(
        load_default=None, metadata={"description": "Where there are several counties"}
    )
    login = Token(required=True, validate=validate.Length(min=1, max=100))
    password = Token(required=True, validate=validate.Length(min=1, max=128))


class FactorIn(Schema):
    code = Token(
        required=True,
        validate=validate.Length(min=6, max=10),
        metadata={"description": "Six digits, or one of the ten recovery codes"},
    )


class StaffSessionOut(Schema):
    token = fields.String(
        required=True, metadata={"description": "Send as `Authorization: Bearer …`"}
    )
    user_id = fields.UUID(required=True)
    ends_at = fields.AwareDateTime(required=True)
    needs = fields.String(
        required=True,
        allow_none=True,
        metadata={
            "description": "`factor`: a code; `factor_setup`: `POST /staff/factor`, then a code"
        },
    )


class NewFactorOut(Schema):
    secret = fields.String(required=True)
    address = fields.String(required=True, metadata={"description": "For the QR code"})
    recovery_codes = fields.List(fields.String(), required=True)


class StaffSessionRow(Schema):
    id = fields.UUID(required=True)
    made_at = fields.AwareDateTime(required=True)
    seen_at = fields.AwareDateTime(required=True)
    ends_at = fields.AwareDateTime(required=True)
    agent = fields.String(required=True)
    network = fields.String(required=True)


class SessionsOut(Schema):
    items = fields.List(fields.Nested(StaffSessionRow), required=True)


class LinkOut(Schema):
    link = fields.String(required=True)
    login = fields.String(required=True)
    ends_at = fields.AwareDateTime(required=True)


class PasswordByLinkIn(Schema):
    link = Token(required=True, validate=validate.Length(min=1, max=100))
    password = Token(required=True, validate=validate.Length(min=1, max=128))


class PasswordIn(Schema):
    old = Token(required=True, validate=validate.Length(min=1, max=128))
    new = Token(required=True, validate=validate.Length(min=1, max=128))


class StaffAccountIn(Schema):
    user_id = fields.UUID(required=True)
    login = Token(
        required=True,
        validate=validate.Length(min=3, max=30),
        metadata={"description": "Small letters, digits and dots; begins with a letter"},
    )


class StaffAccountOut(Schema):
    user_id = fields.UUID(required=True)
    login = fields.String(required=True)
    state = fields.String(required=True)
    last_used_at = fields.AwareDateTime(required=True, allow_none=True)
    locked_until = fields.AwareDateTime(required=True, allow_none=True)


class LeavingOut(Schema):
    ended = fields.Integer(required=True, metadata={"description": "Offices that ended at once"})
    proposed = fields.List(
        fields.UUID(), required=True, metadata={"description": "Ends that another confirms"}
    )
