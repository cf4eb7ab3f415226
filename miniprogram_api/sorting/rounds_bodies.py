"""Bodies of planned inspections."""

from typing import Any

from flask_smorest.fields import Upload
from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from app.kernel.waste import WasteKind
from app.photos.models import Variant
from app.sorting.rounds.models import Outcome, Way
from app.sorting.rounds.scoring import FindingCode, Item
from app.web.fields import Date, Instant, Lines, Token
from app.web.multipart import Several
from app.web.paging import PageArgs
from miniprogram_api.photos.picture_links import PictureLink

FINDINGS_MAX = 50


class WeekArgs(PageArgs):
    day = Date(load_default=None, metadata={"description": "A day of the week; omit for today"})


class VisitOut(Schema):
    id = fields.UUID(required=True)
    week_on = fields.Date(required=True, metadata={"description": "The Monday of its week"})
    from_on = fields.Date(required=True, metadata={"description": "Not to be visited before"})
    household_id = fields.UUID(required=True)
    town = fields.String(required=True)
    village = fields.String(required=True)
    group = fields.String(required=True)
    door_number = fields.String(required=True)
    head = fields.String(required=True, metadata={"description": "Name of the head, masked"})
    way = fields.Enum(Way, by_value=True, required=True)
    ordinal = fields.Integer(required=True)
    why = fields.Dict(
        keys=fields.String(),
        values=fields.Integer(),
        required=True,
        metadata={"description": "The parts of what chose it; empty: by lot"},
    )
    inspector_id = fields.UUID(required=True)
    inspector = fields.String(required=True, allow_none=True)
    reassigned_because = fields.String(required=True, allow_none=True)
    done_at = fields.AwareDateTime(required=True, allow_none=True)
    outcome = fields.Enum(Outcome, by_value=True, required=True, allow_none=True)
    score = fields.Integer(required=True, allow_none=True)
    is_passed = fields.Boolean(required=True, allow_none=True)


class VisitWeekOut(Schema):
    week_on = fields.Date(required=True)
    planned = fields.Integer(required=True, metadata={"description": "In all of the week"})
    done = fields.Integer(required=True)
    left = fields.Integer(required=True)
    items = fields.List(fields.Nested(VisitOut), required=True)
    next = fields.UUID(
        required=True,
        allow_none=True,
        metadata={"description": "`before` of the next page; null at the end"},
    )


class ResultForm(Schema):
    """The fields beside the photos. A phone sends each as plain text."""

    outcome = fields.Enum(Outcome, by_value=True, required=True)
    findings = Several(
        fields.Enum(FindingCode, by_value=True),
        load_default=list,
        validate=validate.Length(max=FINDINGS_MAX),
        metadata={"description": "By commas or one by one; a code once for each time it was seen"},
    )
    wrong_kinds = Several(
        fields.Enum(WasteKind, by_value=True),
        load_default=list,
        validate=validate.Length(max=len(WasteKind)),
        metadata={"description": "What lay in the wrong bin, separated by commas or one by one"},
    )
    upload_ids = Several(
        fields.UUID(),
        load_default=list,
        validate=validate.Length(max=3),
        metadata={"description": "Photos put into the store before, beside or instead of files"},
    )
    client_id = fields.UUID(
        load_default=None,
        metadata={"description": "Of a record that the phone kept; then `phone_time` is needed"},
    )
    phone_time = Instant(
        load_default=None, metadata={"description": "When it was recorded, by the phone"}
    )

    @validates_schema
    def _a_kept_record_has_its_time(self, body: dict[str, Any], **_: Any) -> None:
        if body["client_id"] is not None and body["phone_time"] is None:
            raise ValidationError("补传的记录要带手机上的时间", "phone_time")


class ResultPhotos(Schema):
    photos = fields.List(
        Upload(),
        load_default=list,
        metadata={"description": "1 to 3, of the door, whatever the outcome"},
    )


class DeductionOut(Schema):
    item = fields.String(required=True, validate=validate.OneOf([item.value for item in Item]))
    findings = fields.Integer(required=True)
    lost = fields.Integer(required=True)


class VisitWithFindingsOut(Schema):
    visit = fields.Nested(VisitOut, required=True)
    wrong_kinds = fields.List(fields.Enum(WasteKind, by_value=True), required=True)
    findings = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    deductions = fields.List(fields.Nested(DeductionOut), required=True)
    photo_ids = fields.List(fields.UUID(), required=True)
    thumb_urls = fields.List(
        PictureLink(Variant.THUMB), required=True, dump_only=True, attribute="linked_ids"
    )
    photo_urls = fields.List(
        PictureLink(Variant.SHOWN), required=True, dump_only=True, attribute="linked_ids"
    )


class ResultOut(Schema):
    id = fields.UUID(required=True)
    visit_id = fields.UUID(required=True)
    at = fields.AwareDateTime(required=True)
    outcome = fields.Enum(Outcome, by_value=True, required=True)
    score = fields.Integer(required=True, allow_none=True)
    is_passed = fields.Boolean(required=True, allow_none=True)
    wrong_kinds = fields.List(fields.Enum(WasteKind, by_value=True), required=True)
    findings = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    deductions = fields.List(fields.Nested(DeductionOut), required=True)
    photo_ids = fields.List(fields.UUID(), required=True)
    thumb_urls = fields.List(
        PictureLink(Variant.THUMB), required=True, dump_only=True, attribute="photo_ids"
    )
    photo_urls = fields.List(
        PictureLink(Variant.SHOWN), required=True, dump_only=True, attribute="photo_ids"
    )
    recheck_from_on = fields.Date(
        required=True, allow_none=True, metadata={"description": "When to look again, if at all"}
    )
    points = fields.Integer(
        required=True, metadata={"description": "What the inspector's household earned; 1 = 1 fen"}
    )
    message = fields.String(required=True, metadata={"description": "For people, in Chinese"})


class ReassignmentIn(Schema):
    inspector_id = fields.UUID(required=True)
    reason = Lines(required=True, validate=validate.Length(min=2, max=200))


class DrawOut(Schema):
    week_on = fields.Date(required=True)
    seed = fields.String(required=True, metadata={"description": "Hexadecimal"})
    seal_number = fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "The county's last seal before the Sunday; null: none yet"},
    )
    seal_digest = fields.String(required=True, allow_none=True)
    candidates = fields.Integer(required=True)
    candidates_digest = fields.String(required=True)
    drawn_at = fields.AwareDateTime(required=True)
    holds_true = fields.Boolean(
        required=True, metadata={"description": "Repeating the draw gives the same households"}
    )


class RoundSettingsIn(Schema):
    settings = fields.Dict(
        keys=Token(),
        required=True,
        metadata={"description": "docs/rounds.md; what is left out gets its default"},
    )


class RoundSettingsOut(Schema):
    version = fields.Integer(required=True, allow_none=True)
    settings = fields.Dict(keys=fields.String(), required=True)


class FindingCodeOut(Schema):
    code = fields.Enum(FindingCode, by_value=True, required=True)
    words = fields.String(required=True)
    costs = fields.Integer(required=True, metadata={"description": "Of the item, each time"})


class FindingItemOut(Schema):
    item = fields.Enum(Item, by_value=True, required=True)
    words = fields.String(required=True)
    most = fields.Integer(required=True, metadata={"description": "What the item is worth"})
    findings = fields.List(fields.Nested(FindingCodeOut), required=True)


class FindingListOut(Schema):
    base = fields.Integer(required=True)
    pass_from = fields.Integer(required=True, metadata={"description": "Lower is rechecked"})
    wrong_kind_costs = fields.Integer(
        required=True, metadata={"description": "Each kind of waste in the wrong bin, of sorting"}
    )
    items = fields.List(fields.Nested(FindingItemOut), required=True)
