"""Bodies of how reviewers judge."""

from datetime import date
from typing import Any

from marshmallow import Schema, ValidationError, fields, validates_schema

from app.sorting.self_checks.models import RejectReason, Stage, Verdict
from app.web.fields import Date
from app.web.paging import CountedArgs, DaysArgs, PageArgs, counted_page_of, page_of

DAYS_MAX = 366


class PeriodArgs(Schema):
    since = Date(required=True, metadata={"description": "First day, in China"})
    until = Date(required=True, metadata={"description": "Last day, in China"})

    @validates_schema
    def _is_a_period(self, args: dict[str, Any], **_: Any) -> None:
        since, until = args["since"], args["until"]
        assert isinstance(since, date)
        if not 0 <= (until - since).days < DAYS_MAX:
            raise ValidationError(f"最多 {DAYS_MAX} 天，开始要早于结束", "until")


class ReviewersArgs(PageArgs, PeriodArgs):
    pass


class ReviewerRecordOut(Schema):
    id = fields.UUID(required=True, metadata={"description": "Of the user"})
    name = fields.String(required=True, allow_none=True, metadata={"description": "Masked"})
    judged = fields.Integer(required=True)
    approved_percent = fields.Float(required=True)
    escalated = fields.Integer(required=True)
    judged_twice = fields.Integer(
        required=True, metadata={"description": "Of their first verdicts, those with a second one"}
    )
    agreement_percent = fields.Float(required=True, allow_none=True)
    kappa = fields.Float(
        required=True,
        allow_none=True,
        metadata={"description": "Cohen's; null where it is not defined"},
    )
    median_seconds = fields.Float(required=True)
    is_quick = fields.Boolean(
        required=True, metadata={"description": "Suspiciously: below the county's setting"}
    )
    overturned_by_third = fields.Integer(required=True)
    overturned_on_appeal = fields.Integer(required=True)


class ReviewedTodayOut(Schema):
    judged = fields.Integer(required=True)
    per_hour = fields.Integer(
        required=True, allow_none=True, metadata={"description": "Null: nothing judged today"}
    )


class OwnRecordOut(Schema):
    figures = fields.Nested(
        ReviewerRecordOut, required=True, allow_none=True, metadata={"description": "Null: none"}
    )
    today = fields.Nested(ReviewedTodayOut, required=True)


ReviewersPage = page_of(ReviewerRecordOut)


class VerdictsArgs(CountedArgs, DaysArgs):
    verdict = fields.Enum(Verdict, by_value=True, load_default=None)
    stage = fields.Enum(Stage, by_value=True, load_default=None)


class VerdictOut(Schema):
    id = fields.UUID(required=True)
    self_check_id = fields.UUID(required=True)
    stage = fields.Enum(Stage, by_value=True, required=True)
    verdict = fields.Enum(Verdict, by_value=True, required=True)
    reject_reason = fields.Enum(RejectReason, by_value=True, required=True, allow_none=True)
    note = fields.String(required=True, allow_none=True)
    judged_at = fields.AwareDateTime(required=True)


VerdictPage = counted_page_of(VerdictOut)
