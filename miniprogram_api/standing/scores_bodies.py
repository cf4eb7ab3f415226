"""Bodies of base scores."""

from marshmallow import Schema, fields

from app.web.paging import page_of


class ItemOut(Schema):
    points = fields.Integer(required=True, metadata={"description": "What it began with"})
    findings = fields.Integer(required=True, metadata={"description": "How often it was wrong"})
    left = fields.Integer(required=True)


class StandingOut(Schema):
    first_day = fields.Date(required=True)
    last_day = fields.Date(required=True)
    checks = fields.Integer(required=True)
    items = fields.Dict(
        keys=fields.String(),
        values=fields.Nested(ItemOut),
        required=True,
        metadata={"description": "By kind of waste"},
    )
    score = fields.Integer(required=True)
    points = fields.Integer(
        required=True, metadata={"description": "It comes to, if nothing more is found"}
    )


class CurrentOut(Schema):
    standing = fields.Nested(
        StandingOut,
        required=True,
        allow_none=True,
        metadata={"description": "Null: the county keeps no bases"},
    )


class ScoreOut(StandingOut):
    class Meta:
        exclude = ("points",)

    id = fields.UUID(required=True)
    policy_version = fields.Integer(required=True)


ScorePage = page_of(ScoreOut)
