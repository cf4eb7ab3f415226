"""Bodies of judging photos."""

from typing import Any

from marshmallow import (
    Schema,
    ValidationError,
    fields,
    post_load,
    validate,
    validates_schema,
)

from app.kernel.waste import WasteKind
from app.photos.models import Variant
from app.sorting.self_checks.judging import Mistake
from app.sorting.self_checks.models import (
    TEXT_LENGTH_MAX,
    FindingReason,
    RejectReason,
    SelfCheckState,
    Stage,
    Verdict,
)
from app.web.fields import Integer, Lines
from miniprogram_api.photos.picture_links import PictureLink

# What only the machine can know is not a person's verdict.
_OF_THE_MACHINE = {RejectReason.REPEATED_PHOTO, RejectReason.CONTENT_REFUSED}
REASONS = [reason for reason in RejectReason if reason not in _OF_THE_MACHINE]


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
    thumb_url = PictureLink(Variant.THUMB, "photo_id")
    photo_url = PictureLink(Variant.SHOWN, "photo_id")


class LeasedReviewOut(Schema):
    """Without the household: a photo is judged, not a family. Nor is said which review it is."""

    id = fields.UUID(required=True)
    photo_id = fields.UUID(required=True, metadata={"description": "Load it ahead"})
    thumb_url = PictureLink(Variant.THUMB, "photo_id")
    photo_url = PictureLink(Variant.SHOWN, "photo_id")
    village = fields.String(required=True)
    group = fields.String(required=True)
    submitted_at = fields.AwareDateTime(required=True)
    findings = fields.List(
        fields.Nested(FindingOut), required=True, metadata={"description": "Opinions, not verdicts"}
    )
    leased_until = fields.AwareDateTime(
        required=True, metadata={"description": "Asking for the next ones renews it"}
    )


class LeasedRulingOut(LeasedReviewOut):
    """What is disputed, with what was said about it."""

    stage = fields.Enum(Stage, by_value=True, required=True)
    note = fields.String(
        required=True, allow_none=True, metadata={"description": "Of a reviewer who was not sure"}
    )
    sentence = fields.String(
        required=True, allow_none=True, metadata={"description": "Of the household that appeals"}
    )
    reject_reason = fields.Enum(
        RejectReason,
        by_value=True,
        required=True,
        allow_none=True,
        metadata={"description": "The verdict that stands now, if it is a rejection"},
    )


class LeasedReviewsOut(Schema):
    items = fields.List(
        fields.Nested(LeasedReviewOut),
        required=True,
        metadata={"description": "The first is to be judged now; empty when nothing waits"},
    )


class LeasedRulingsOut(Schema):
    items = fields.List(fields.Nested(LeasedRulingOut), required=True)


class SpotSchema(Schema):
    x = Integer(
        required=True,
        strict=True,
        validate=validate.Range(min=0, max=1000),
        metadata={"description": "Thousandths of the width, from the left"},
    )
    y = Integer(
        required=True,
        strict=True,
        validate=validate.Range(min=0, max=1000),
        metadata={"description": "Thousandths of the height, from above"},
    )


class MistakeIn(Schema):
    """What lies in the wrong bin: the household sees it on its photo."""

    lies_in = fields.Enum(WasteKind, by_value=True, load_default=None)
    belongs_to = fields.Enum(WasteKind, by_value=True, load_default=None)
    spot = fields.Nested(SpotSchema, load_default=None)

    @validates_schema
    def _lies_where_it_does_not_belong(self, body: dict[str, Any], **_: Any) -> None:
        if body["lies_in"] is not None and body["lies_in"] is body["belongs_to"]:
            raise ValidationError("放对了就不用标出来", "belongs_to")

    @post_load
    def _mistake(self, body: dict[str, Any], **_: Any) -> Mistake:
        spot = body["spot"]
        return Mistake(
            body["lies_in"], body["belongs_to"], (spot["x"], spot["y"]) if spot else None
        )


class RulingIn(Schema):
    verdict = fields.Enum(
        Verdict,
        by_value=True,
        required=True,
        validate=validate.OneOf([Verdict.APPROVE, Verdict.REJECT]),
    )
    reason = fields.Enum(
        RejectReason,
        by_value=True,
        load_default=None,
        validate=validate.OneOf(REASONS),
        metadata={"description": "Needed to reject, and only then"},
    )
    note = Lines(
        load_default=None,
        validate=validate.Length(2, TEXT_LENGTH_MAX),
        metadata={"description": "Of an appeal: the answer, needed to let the rejection stand"},
    )

    mistake = fields.Nested(
        MistakeIn,
        load_default=None,
        metadata={"description": "Of `wrong_kind` only: what is wrong, and where one sees it"},
    )

    @validates_schema
    def _reason_belongs_to_a_rejection(self, body: dict[str, Any], **_: Any) -> None:
        if (body["verdict"] is Verdict.REJECT) != (body["reason"] is not None):
            raise ValidationError("退回时要选原因，通过时不选", "reason")
        if body["mistake"] is not None and body["reason"] is not RejectReason.WRONG_KIND:
            raise ValidationError("只有放错了桶才标出来", "mistake")


class ReviewIn(RulingIn):
    verdict = fields.Enum(Verdict, by_value=True, required=True)
    note = Lines(
        load_default=None,
        validate=validate.Length(2, TEXT_LENGTH_MAX),
        metadata={"description": "Needed to escalate: what made it hard"},
    )


class EarlierPhotoOut(Schema):
    photo_id = fields.UUID(required=True)
    thumb_url = PictureLink(Variant.THUMB, "photo_id")
    photo_url = PictureLink(Variant.SHOWN, "photo_id")
    submitted_at = fields.AwareDateTime(required=True)
    state = fields.Enum(SelfCheckState, by_value=True, required=True)


class EarlierPhotosOut(Schema):
    items = fields.List(
        fields.Nested(EarlierPhotoOut), required=True, metadata={"description": "At most three"}
    )


class ReviewOut(Schema):
    """What was given; not what followed, or a second reviewer would know what they are."""

    id = fields.UUID(required=True)
    verdict = fields.Enum(Verdict, by_value=True, required=True)
    reject_reason = fields.Enum(RejectReason, by_value=True, required=True, allow_none=True)
    judged_at = fields.AwareDateTime(required=True)


class WaitingOut(Schema):
    stage = fields.Enum(Stage, by_value=True, required=True)
    waiting = fields.Integer(required=True)
    leased = fields.Integer(required=True, metadata={"description": "Of these, lent by now"})
    oldest_since = fields.AwareDateTime(required=True)


class WaitingListOut(Schema):
    items = fields.List(fields.Nested(WaitingOut), required=True)


class ReviewSettingsIn(Schema):
    lease_minutes = Integer(required=True, strict=True)
    second_percent = Integer(required=True, strict=True)
    overdue_minutes = Integer(required=True, strict=True)
    appeal_days = Integer(required=True, strict=True)
    quick_seconds = Integer(required=True, strict=True)
