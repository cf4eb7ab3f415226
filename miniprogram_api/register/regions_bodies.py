"""Bodies of places."""

from marshmallow import Schema, fields, validate

from app.web.fields import Name


class RegionOut(Schema):
    id = fields.UUID(required=True)
    parent_id = fields.UUID(required=True, allow_none=True)
    kind = fields.String(
        required=True, metadata={"description": "`county`, `town`, `village` or `group`"}
    )
    name = fields.String(required=True)


class RegionsArgs(Schema):
    parent_id = fields.UUID(
        load_default=None, metadata={"description": "What lies in this region; omit for all"}
    )


class RegionIn(Schema):
    parent_id = fields.UUID(required=True)
    name = Name(required=True, validate=validate.Length(min=1, max=30))
