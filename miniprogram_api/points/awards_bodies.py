"""Bodies of awards: what was earned, and why."""

from marshmallow import Schema, fields

from app.points.awards import explanations
from app.points.awards.models import Evidence
from app.points.awards.rules import Rule, Source
from app.register.identity.roles import Role
from app.web.paging import CountedArgs, DaysArgs, PageArgs, counted_page_of, page_of


class AwardOut(Schema):
    id = fields.UUID(required=True)
    day = fields.Date(required=True, metadata={"description": "In China, when it was earned"})
    source = fields.Enum(Source, by_value=True, required=True)
    points = fields.Integer(required=True, metadata={"description": "1 = 1 fen; may be 0"})
    is_paid = fields.Boolean(
        required=True,
        metadata={"description": "False in its notice, or while the village's budget is used up"},
    )
    notice_until = fields.Date(
        required=True,
        allow_none=True,
        metadata={"description": "The last day of public notice; paid after it"},
    )
    repaid = fields.Integer(
        required=True, metadata={"description": "Points of it that paid off what was owed"}
    )
    reversed_at = fields.AwareDateTime(required=True, allow_none=True)
    message = fields.Function(
        explanations.sentence, metadata={"type": "string", "description": "Why, in Chinese"}
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


class AreaAwardsArgs(CountedArgs, DaysArgs):
    village_id = fields.UUID(load_default=None)
    household_id = fields.UUID(load_default=None)
    source = fields.Enum(Source, by_value=True, load_default=None)


class AreaAwardOut(Schema):
    """An award as those read it who answer for a place."""

    id = fields.UUID(required=True)
    household_id = fields.UUID(required=True)
    household = fields.String(required=True, metadata={"description": "The head's name, masked"})
    group = fields.String(required=True)
    award = fields.Nested(AwardOut, required=True)


AreaAwardPage = counted_page_of(AreaAwardOut)


class ExplanationOut(Schema):
    """Why one award is as it is."""

    award = fields.Nested(AwardOut, required=True)
    rule_text = fields.String(required=True, metadata={"description": "The policy's line"})
    policy_in_force_from = fields.Date(required=True)
    boost = fields.String(required=True, allow_none=True)
    evidence_text = fields.String(required=True)
    happened_at = fields.AwareDateTime(
        required=True, allow_none=True, attribute="award.happened_at"
    )
    decided_by_text = fields.String(required=True, metadata={"description": "A role, no name"})
    appeal_until = fields.Date(required=True)
    appeal_text = fields.String(required=True)


class NoticesArgs(PageArgs):
    village_id = fields.UUID(required=True)


class ShownOut(Schema):
    """An award as the public sees it before it is paid."""

    id = fields.UUID(required=True)
    household = fields.String(required=True, metadata={"description": "The head's name, masked"})
    group = fields.String(required=True)
    message = fields.Function(
        lambda shown: explanations.deed(shown.rule), metadata={"type": "string"}
    )
    day = fields.Date(required=True)
    points = fields.Integer(required=True)
    notice_until = fields.Date(required=True)


ShownPage = page_of(ShownOut)
