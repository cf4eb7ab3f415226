"""Bodies of campaigns, their funders and the funders' money."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from app.kernel.decisions import DecisionState
from app.web.fields import Date, Integer, Lines, Name, Words
from app.web.paging import CountedArgs, counted_page_of, page_of
from mall.campaigns.models import CampaignState, Direction
from mall.campaigns.service import Terms

_NAME = validate.Length(2, 40)
_FEN_MAX = 10**12


class FunderIn(Schema):
    name = Name(
        required=True, validate=_NAME, metadata={"description": "Residents and shops read it"}
    )


class FunderOut(Schema):
    id = fields.UUID(required=True)
    name = fields.String(required=True)


class FunderAccountOut(FunderOut):
    balance_fen = fields.Integer(required=True)


FunderPage = page_of(FunderAccountOut)


class FundingIn(Schema):
    funder_id = fields.UUID(required=True)
    direction = fields.Enum(
        Direction,
        by_value=True,
        required=True,
        metadata={"description": "`funding`: from the reserve; `reclaim`: back to it"},
    )
    amount_fen = Integer(required=True, strict=True, validate=validate.Range(1, _FEN_MAX))


class FundingsArgs(CountedArgs):
    state = fields.Enum(DecisionState, by_value=True, load_default=None)
    direction = fields.Enum(Direction, by_value=True, load_default=None)
    funder_id = fields.UUID(load_default=None)


class FundingOut(Schema):
    id = fields.UUID(required=True)
    funder_id = fields.UUID(required=True)
    direction = fields.Enum(Direction, by_value=True, required=True)
    amount_fen = fields.Integer(required=True)
    state = fields.Enum(DecisionState, by_value=True, required=True)
    proposed_at = fields.AwareDateTime(required=True)
    decided_at = fields.AwareDateTime(required=True, allow_none=True)


class FundingRowOut(FundingOut):
    funder_name = fields.String(required=True)
    proposed_by_name = fields.String(required=True, allow_none=True)


FundingPage = counted_page_of(FundingRowOut)


class CampaignIn(Schema):
    name = Words(required=True, validate=_NAME, metadata={"description": "People read it"})
    percent = Integer(
        required=True,
        strict=True,
        validate=validate.Range(1, 99),
        metadata={"description": "Of the market price, what the household pays"},
    )
    first_on = Date(required=True)
    last_on = Date(required=True, metadata={"description": "Included"})
    weekdays = fields.List(
        Integer(strict=True, validate=validate.Range(1, 7)),
        load_default=None,
        validate=validate.Length(min=1, max=7),
        metadata={"description": "1 is Monday; without it every day"},
    )
    funder_id = fields.UUID(required=True)
    region_id = fields.UUID(
        load_default=None,
        metadata={"description": "All shops in it; the county's region for the whole county"},
    )
    shop_ids = fields.List(
        fields.UUID(),
        load_default=list,
        validate=validate.Length(max=500),
        metadata={"description": "These shops, instead of `region_id`"},
    )
    day_limit_fen = Integer(
        strict=True,
        load_default=None,
        validate=validate.Range(1, _FEN_MAX),
        metadata={"description": "Of subsidy, for a household and day; 2,000 unless named"},
    )
    shop_day_limit_fen = Integer(
        strict=True,
        load_default=None,
        validate=validate.Range(1, _FEN_MAX),
        metadata={"description": "Of subsidy, at a shop in a day; 50,000 unless named"},
    )
    funder_day_limit_fen = Integer(
        strict=True,
        load_default=None,
        validate=validate.Range(1, _FEN_MAX),
        metadata={
            "description": "Of all its funder pays in a day; a tenth of what it has unless named"
        },
    )

    @validates_schema
    def one_of_two(self, body: dict[str, Any], **_: object) -> None:
        if (body.get("region_id") is None) != bool(body.get("shop_ids")):
            raise ValidationError("请选择一个地方，或选择参加的店铺", "region_id")

    @post_load
    def terms(self, body: dict[str, Any], **_: object) -> Terms:
        return Terms(**body)


class CampaignStopIn(Schema):
    reason = Lines(required=True, validate=validate.Length(4, 200))


class CampaignsArgs(CountedArgs):
    state = fields.Enum(CampaignState, by_value=True, load_default=None)
    funder_id = fields.UUID(load_default=None)


class CampaignOut(Schema):
    id = fields.UUID(required=True)
    name = fields.String(required=True)
    percent = fields.Integer(required=True)
    first_on = fields.Date(required=True)
    last_on = fields.Date(required=True)
    weekdays = fields.List(fields.Integer(), required=True, allow_none=True)
    funder_id = fields.UUID(required=True)
    region_id = fields.UUID(required=True, allow_none=True)
    shop_ids = fields.List(fields.UUID(), required=True)
    day_limit_fen = fields.Integer(required=True, allow_none=True)
    shop_day_limit_fen = fields.Integer(required=True, allow_none=True)
    funder_day_limit_fen = fields.Integer(required=True, allow_none=True)
    state = fields.Enum(CampaignState, by_value=True, required=True)
    made_at = fields.AwareDateTime(required=True, attribute="proposed_at")
    decided_at = fields.AwareDateTime(required=True, allow_none=True)
    stopped_at = fields.AwareDateTime(required=True, allow_none=True)
    stopped_because = fields.String(required=True, allow_none=True)


CampaignPage = counted_page_of(CampaignOut)


class RunningOut(Schema):
    """As residents and clerks see a campaign."""

    id = fields.UUID(required=True, attribute="campaign.id")
    name = fields.String(required=True, attribute="campaign.name")
    percent = fields.Integer(
        required=True,
        attribute="campaign.percent",
        metadata={"description": "Of the market price, what the household pays"},
    )
    last_on = fields.Date(required=True, attribute="campaign.last_on")
    day_limit_fen = fields.Integer(
        required=True, allow_none=True, attribute="campaign.day_limit_fen"
    )
    funder_name = fields.String(required=True)


class RunningListOut(Schema):
    items = fields.List(fields.Nested(RunningOut), required=True)
