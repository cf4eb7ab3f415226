"""Bodies of households and their members. Phones and ID numbers are masked."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from app.register.households.models import HouseholdState
from app.web.fields import Name, Number
from app.web.paging import CountedArgs, PageArgs, counted_page_of, page_of


class HouseholdsArgs(CountedArgs):
    region_id = fields.UUID(
        load_default=None, metadata={"description": "Only those in this town, village or group"}
    )
    name = Name(
        load_default=None,
        validate=validate.Length(min=1, max=30),
        metadata={"description": "Only those with a member whose name begins so"},
    )
    door = Name(
        load_default=None,
        validate=validate.Length(min=1, max=30),
        metadata={"description": "A part of the door number"},
    )
    liaison_id = fields.UUID(load_default=None, metadata={"description": "The member who visits"})
    has_liaison = fields.Boolean(load_default=None)
    is_party_household = fields.Boolean(load_default=None)
    is_bound = fields.Boolean(
        load_default=None, metadata={"description": "Whether somebody acts for it on a phone"}
    )
    has_card = fields.Boolean(
        load_default=None, metadata={"description": "Whether it has a card that has not ended"}
    )


class FindArgs(PageArgs):
    door = Name(
        load_default=None,
        validate=validate.Length(min=1, max=30),
        metadata={"description": "A part of the door number"},
    )
    card = Number(
        load_default=None,
        validate=validate.Length(min=9, max=64),
        metadata={"description": "Instead: the household's card, scanned or its number typed"},
    )

    @validates_schema
    def _one_of_two(self, args: dict[str, Any], **_: Any) -> None:
        if (args["door"] is None) == (args["card"] is None):
            raise ValidationError("请填写门牌号，或扫住户卡", "door")


class FoundHouseholdOut(Schema):
    id = fields.UUID(required=True)
    group = fields.String(required=True)
    door_number = fields.String(required=True)
    head = fields.String(required=True, metadata={"description": "Name of the head, masked"})


class HouseholdOut(Schema):
    id = fields.UUID(required=True)
    town = fields.String(required=True)
    village = fields.String(required=True)
    group = fields.String(required=True)
    village_id = fields.UUID(required=True)
    group_id = fields.UUID(required=True)
    door_number = fields.String(required=True)
    head = fields.String(required=True, metadata={"description": "Name of the head"})
    member_count = fields.Integer(required=True)
    is_party_household = fields.Boolean(required=True)
    liaison = fields.String(required=True, allow_none=True)
    state = fields.Enum(HouseholdState, by_value=True, required=True)


class MemberOut(Schema):
    id = fields.UUID(required=True)
    name = fields.String(required=True)
    phone = fields.String(required=True, allow_none=True, metadata={"description": "Masked"})
    id_number = fields.String(required=True, allow_none=True, metadata={"description": "Masked"})
    is_head = fields.Boolean(required=True)
    is_party_member = fields.Boolean(required=True)
    binding_id = fields.UUID(
        required=True, allow_none=True, metadata={"description": "Of the user who acts as them"}
    )


class HouseholdWithMembersOut(Schema):
    household = fields.Nested(HouseholdOut, required=True)
    members = fields.List(fields.Nested(MemberOut), required=True)


HouseholdPage = counted_page_of(HouseholdOut)
FoundHouseholdPage = page_of(FoundHouseholdOut)
