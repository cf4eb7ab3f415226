"""What the caller is told of themselves."""

from marshmallow import Schema, fields

from miniprogram_api.register.households_bodies import HouseholdOut


class GrantOut(Schema):
    role = fields.String(required=True)
    place_id = fields.UUID(required=True, metadata={"description": "A region, shop or merchant"})


class CountyOut(Schema):
    id = fields.Integer(required=True, metadata={"description": "Six-digit division code"})
    name = fields.String(required=True)


class MeOut(Schema):
    user_id = fields.UUID(required=True)
    name = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "Masked; null before binding, for whoever is not staff"},
    )
    roles = fields.List(fields.String(), required=True)
    grants = fields.List(fields.Nested(GrantOut), required=True)
    county = fields.Nested(CountyOut, required=True)
    binding_id = fields.UUID(required=True, allow_none=True)
    household = fields.Nested(HouseholdOut, required=True, allow_none=True)
