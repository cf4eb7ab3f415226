"""Bodies of who visits which household."""

from marshmallow import Schema, fields, validate


class LiaisonsArgs(Schema):
    group_id = fields.UUID(load_default=None, metadata={"description": "Only those of this group"})


class LiaisonOut(Schema):
    member_id = fields.UUID(required=True)
    household_id = fields.UUID(required=True)
    name = fields.String(required=True)
    group_id = fields.UUID(required=True)
    village_id = fields.UUID(required=True)
    door_number = fields.String(required=True)
    households = fields.Integer(required=True, metadata={"description": "Of how many"})


class LiaisonListOut(Schema):
    items = fields.List(fields.Nested(LiaisonOut), required=True)
    most = fields.Integer(required=True, metadata={"description": "Households of one liaison"})


class LiaisonAssignIn(Schema):
    household_ids = fields.List(
        fields.UUID(), required=True, validate=validate.Length(min=1, max=100)
    )
    member_id = fields.UUID(required=True, metadata={"description": "Head of a party household"})


class LiaisonNearestIn(Schema):
    group_id = fields.UUID(required=True)
    is_dry_run = fields.Boolean(load_default=False)


class LiaisonHandOverIn(Schema):
    to_id = fields.UUID(
        load_default=None, metadata={"description": "None: each to the nearest who has room"}
    )
    is_dry_run = fields.Boolean(load_default=False)


class AssignedOut(Schema):
    household_id = fields.UUID(required=True)
    door_number = fields.String(required=True)
    member_id = fields.UUID(required=True)
    distance = fields.Integer(
        required=True, allow_none=True, metadata={"description": "In doors; none: named by hand"}
    )


class AssignmentsOut(Schema):
    assigned = fields.List(fields.Nested(AssignedOut), required=True)
    left = fields.Integer(required=True, metadata={"description": "Nobody near has room for these"})
