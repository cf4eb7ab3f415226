"""Bodies of awards: what was earned, and why."""

from marshmallow import Schema, fields

from app.awards import why
from app.awards.models import Evidence
from app.awards.rules import Rule, Source
from app.identity.roles import Role
from app.web.paging import page_of


class AwardOut(Schema):
    id = fields.UUID(required=True)
    day = fields.Date(required=True, metadata={"description": "In China, when it was earned"})
    source = fields.Enum(Source, by_value=True, required=True)
    points = fields.Integer(required=True, metadata={"description": "1 = 1 fen; may be 0"})
    is_paid = fields.Boolean(
        required=True, metadata={"description": "False while the village's budget is used up"}
    )
    repaid = fields.Integer(
        required=True, metadata={"description": "Points of it that paid off what was owed"}
    )
    reversed_at = fields.AwareDateTime(required=True, allow_none=True)
    message = fields.Function(
        why.sentence, metadata={"type": "string", "description": "Why, in Chinese"}
    )
    rule = fields.Enum(Rule, by_value=True, required=True)
    policy_version = fields.Integer(required=True)
    evidence_kind = fields.Enum(Evidence, by_value=True, required=True)
    evidence_id = fields.UUID(required=True)
    decided_as = fields.Enum(
        Role, by_value=True, required=True, metadata={"description": "Who decided, by role"}
    )
    decided_at = fields.AwareDateTime(required=True)


AwardPage = page_of(AwardOut)
