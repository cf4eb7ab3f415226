"""Bodies of binding a WeChat user to a household."""

from marshmallow import Schema, fields, validate

from app.register.households.models import DocumentKind
from app.web.fields import Digits, Name, Token, Whole
from miniprogram_api.register.session_bodies import SessionOut


class PhoneBindingIn(Schema):
    code = Token(
        required=True,
        validate=validate.Length(min=1, max=512),
        metadata={"description": "Of WeChat's phone button (`e.detail.code`), not of `wx.login()`"},
    )


class PhoneBindingOut(Schema):
    household_id = fields.UUID(
        required=True,
        allow_none=True,
        metadata={"description": "Null for staff who are of no household"},
    )
    session = fields.Nested(
        SessionOut,
        required=True,
        allow_none=True,
        metadata={
            "description": "The token to use from now on, if the phone made the caller another "
            "user, say one entered as staff; the old token has ended"
        },
    )


class BindingCodeOut(Schema):
    code = fields.String(required=True, metadata={"description": "Six digits to show"})
    expires_at = fields.AwareDateTime(required=True)


class InPersonIn(Schema):
    code = Digits(required=True, validate=Whole(r"^[0-9]{6}$"))
    household_id = fields.UUID(required=True)
    member_name = Name(
        required=True,
        validate=validate.Length(min=1, max=30),
        metadata={"description": "As on the document; a new name becomes a member"},
    )
    document = fields.Enum(DocumentKind, by_value=True, required=True)


class BindingOut(Schema):
    id = fields.UUID(required=True)
    household_id = fields.UUID(required=True)
    member_id = fields.UUID(required=True)
    method = fields.String(required=True)
    bound_at = fields.AwareDateTime(required=True)


class BoundPhoneOut(Schema):
    id = fields.UUID(required=True)
    user_id = fields.UUID(required=True, metadata={"description": "The caller's own: theirs"})
    member_name = fields.String(required=True)
    is_head = fields.Boolean(required=True)
    method = fields.String(required=True)
    bound_at = fields.AwareDateTime(required=True)


class BindingListOut(Schema):
    items = fields.List(fields.Nested(BoundPhoneOut), required=True)
