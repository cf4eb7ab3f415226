"""Bodies of granting roles."""

from marshmallow import Schema, fields, validate

from app.register.identity.roles import Role
from app.web.fields import Capitals, Digits, Name, Whole
from app.web.paging import CountedArgs, counted_page_of


class RoleGrantsArgs(CountedArgs):
    role = fields.Enum(Role, by_value=True, load_default=None)
    region_id = fields.UUID(
        load_default=None, metadata={"description": "Only grants at this place or inside it"}
    )
    name = Name(
        load_default=None,
        validate=validate.Length(min=1, max=30),
        metadata={"description": "A part of the holder's name"},
    )


class RoleGrantIn(Schema):
    phone = Digits(
        required=True,
        validate=Whole(r"^1[3-9][0-9]{9}$"),
        metadata={"description": "Whoever proves this phone to WeChat has the role"},
    )
    name = Name(required=True, validate=validate.Length(min=1, max=30))
    id_number = Capitals(
        load_default=None,
        validate=validate.Length(equal=18),
        metadata={"description": "Theirs; may be left to who confirms and sees the document"},
    )
    role = fields.Enum(Role, by_value=True, required=True)
    place_id = fields.UUID(required=True, metadata={"description": "The region where it holds"})


class RoleGrantOut(Schema):
    id = fields.UUID(required=True)
    user_id = fields.UUID(required=True)
    name = fields.String(required=True, allow_none=True)
    phone = fields.String(required=True, allow_none=True, metadata={"description": "Masked"})
    role = fields.String(required=True)
    place_id = fields.UUID(required=True)
    place = fields.String(required=True)
    granted_at = fields.AwareDateTime(required=True)


RoleGrantPage = counted_page_of(RoleGrantOut)
