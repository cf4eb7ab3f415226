"""Bodies of self-checks and their review."""

from typing import Any

from flask_smorest.fields import Upload
from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from app.sorting.models import FindingReason, RejectReason, SelfCheckState
from app.web.paging import LIMIT_MAX, page_of

# What only the machine can know is not a person's verdict.
REASONS = [reason for reason in RejectReason if reason is not RejectReason.REPEATED_PHOTO]


class PhotoUpload(Schema):
    photo = Upload(
        required=True, metadata={"description": "JPEG, PNG or WebP of at most 10 MB, by content"}
    )


class SelfCheckOut(Schema):
    id = fields.UUID(required=True)
    photo_id = fields.UUID(required=True)
    state = fields.Enum(SelfCheckState, by_value=True, required=True)
    submitted_at = fields.AwareDateTime(required=True)
    reviewed_at = fields.AwareDateTime(required=True, allow_none=True)
    reject_reason = fields.Enum(RejectReason, by_value=True, required=True, allow_none=True)
    points = fields.Integer(required=True, metadata={"description": "What it earned; 1 = 1 fen"})
    message = fields.String(required=True, metadata={"description": "For people, in Chinese"})


class FindingOut(Schema):
    reason = fields.String(
        required=True, validate=validate.OneOf([reason.value for reason in FindingReason])
    )
    weight = fields.Integer(required=True, metadata={"description": "0 to 100"})
    message = fields.String(required=True, metadata={"description": "For people, in Chinese"})
    photo_id = fields.UUID(
        required=True,
        allow_none=True,
        metadata={"description": "The photo it repeats, if the reviewer may see that one"},
    )


class QueueArgs(Schema):
    after = fields.UUID(
        load_default=None, metadata={"description": "`next` of the page before; omit to begin"}
    )
    limit = fields.Integer(load_default=20, validate=validate.Range(min=1, max=LIMIT_MAX))


class QueuedOut(Schema):
    """Without the household: a photo is judged, not a family."""

    id = fields.UUID(required=True)
    photo_id = fields.UUID(required=True)
    submitted_at = fields.AwareDateTime(required=True)
    findings = fields.List(
        fields.Nested(FindingOut), required=True, metadata={"description": "Opinions, not verdicts"}
    )


class QueuePage(Schema):
    items = fields.List(fields.Nested(QueuedOut), required=True)
    next = fields.UUID(
        required=True,
        allow_none=True,
        metadata={"description": "`after` of the next page; null at the end"},
    )


class ReviewIn(Schema):
    verdict = fields.String(required=True, validate=validate.OneOf(["approve", "reject"]))
    reason = fields.Enum(
        RejectReason,
        by_value=True,
        load_default=None,
        validate=validate.OneOf(REASONS),
        metadata={"description": "Needed to reject, and only then"},
    )

    @validates_schema
    def _reason_belongs_to_a_rejection(self, body: dict[str, Any], **_: Any) -> None:
        if (body["verdict"] == "reject") != (body["reason"] is not None):
            raise ValidationError("Give a reason to reject, and only then.", "reason")


SelfCheckPage = page_of(SelfCheckOut)
