"""Bodies of points policies: versions, their tables in words, and drafts."""

from marshmallow import Schema, fields, validate

from app.points.awards.boosts import CAMPAIGNS_MAX, NAME_MAX, TIMES_MAX
from app.points.awards.models import DraftState
from app.points.awards.rules import NUMBER_MAX, Rule
from app.web.fields import Date, Integer, Token, Words
from app.web.paging import page_of


class VersionArgs(Schema):
    """The query of the list of versions, whose numbers are their own cursor."""

    before = Integer(load_default=None, validate=validate.Range(1))
    limit = Integer(load_default=20, validate=validate.Range(1, 100))


class BoostIn(Schema):
    name = Words(required=True, validate=validate.Length(1, NAME_MAX))
    rule = fields.Enum(Rule, by_value=True, required=True)
    first_day = Date(required=True)
    last_day = Date(required=True, metadata={"description": "Inclusive"})
    times = Integer(load_default=1, strict=True, validate=validate.Range(1, TIMES_MAX))
    bonus = Integer(load_default=0, strict=True, validate=validate.Range(0, NUMBER_MAX))
    region_id = fields.UUID(
        load_default=None, allow_none=True, metadata={"description": "Null: the whole county"}
    )


class BoostOut(BoostIn):
    text = fields.String(required=True, metadata={"description": "In Chinese, for people"})


class EntryOut(Schema):
    key = fields.String(required=True)
    label = fields.String(required=True)
    unit = fields.String(required=True, metadata={"description": "Empty for a switch"})
    value = fields.Raw(required=True, metadata={"type": ["integer", "boolean"]})
    text = fields.String(required=True, metadata={"description": "In Chinese, for people"})


class VersionOut(Schema):
    version = fields.Integer(required=True)
    in_force_from = fields.Date(required=True)
    approved_at = fields.AwareDateTime(required=True)


class VersionPage(Schema):
    items = fields.List(fields.Nested(VersionOut), required=True)
    next = fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "`before` of the next page; null at the end"},
    )


class PolicyOut(VersionOut):
    entries = fields.List(fields.Nested(EntryOut), required=True)
    boosts = fields.List(fields.Nested(BoostOut), required=True)


class ChangeOut(Schema):
    key = fields.String(required=True)
    label = fields.String(required=True)
    old = fields.String(required=True, allow_none=True)
    new = fields.String(required=True, allow_none=True)


class ChangesOut(Schema):
    old_version = fields.Integer(required=True)
    new_version = fields.Integer(
        required=True, allow_none=True, metadata={"description": "Null: a draft"}
    )
    changes = fields.List(fields.Nested(ChangeOut), required=True)


class GainOut(Schema):
    id = fields.UUID(required=True)
    name = fields.String(required=True)
    paid = fields.Integer(required=True)
    would_be = fields.Integer(required=True)


class RuleCostOut(Schema):
    rule = fields.Enum(Rule, by_value=True, required=True)
    words = fields.String(required=True)
    events = fields.Integer(required=True)
    paid = fields.Integer(required=True)
    would_be = fields.Integer(required=True)


class OutlookOut(Schema):
    first_day = fields.Date(required=True)
    last_day = fields.Date(required=True)
    paid = fields.Integer(required=True, metadata={"description": "Points, as they were given"})
    would_be = fields.Integer(required=True, metadata={"description": "Under the draft"})
    households = fields.List(
        fields.Nested(GainOut), required=True, metadata={"description": "Who would gain most"}
    )
    villages = fields.List(fields.Nested(GainOut), required=True)
    rules = fields.List(fields.Nested(RuleCostOut), required=True)
    households_up = fields.Integer(required=True, metadata={"description": "Would have more"})
    households_same = fields.Integer(required=True)
    households_down = fields.Integer(required=True)


class DraftIn(Schema):
    in_force_from = Date(required=True)
    changes = fields.Dict(
        keys=Token(),
        values=fields.Raw(),
        load_default=dict,
        metadata={"description": "Keys that differ from the newest version"},
    )
    boosts = fields.List(
        fields.Nested(BoostIn),
        load_default=None,
        allow_none=True,
        validate=validate.Length(max=CAMPAIGNS_MAX),
        metadata={"description": "All of them; null keeps those of the newest version"},
    )


class ApprovalIn(Schema):
    digest = Token(
        required=True,
        validate=validate.Length(equal=64),
        metadata={"description": "Of the draft as the approver has read it"},
    )


class DraftOut(Schema):
    id = fields.UUID(required=True)
    state = fields.Enum(DraftState, by_value=True, required=True)
    revision = fields.Integer(required=True)
    digest = fields.String(
        required=True, metadata={"description": "Names what the draft says; an approval repeats it"}
    )
    based_on = fields.Integer(required=True)
    in_force_from = fields.Date(required=True)
    rules = fields.Dict(required=True)
    boosts = fields.List(fields.Dict(), required=True)
    made_at = fields.AwareDateTime(required=True, attribute="proposed_at")
    edited_at = fields.AwareDateTime(required=True)
    decided_at = fields.AwareDateTime(required=True, allow_none=True)
    version = fields.Integer(required=True, allow_none=True)


DraftPage = page_of(DraftOut)
