"""Bodies of checks and their conflicts."""

from typing import Any

from flask_smorest.fields import Upload
from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from app.kernel.waste import WasteKind
from app.photos.models import Variant
from app.register.identity.roles import Role
from app.sorting.inspections.models import (
    CheckState,
    ConflictReason,
    Grade,
    Outcome,
    Setting,
)
from app.web.fields import Instant, Lines
from app.web.multipart import Several
from app.web.paging import CountedArgs, DaysArgs, counted_page_of
from miniprogram_api.photos.picture_links import PictureLink
from miniprogram_api.sorting.self_checks_bodies import UploadForm


def _kinds(description: str) -> Several:
    return Several(
        fields.Enum(WasteKind, by_value=True),
        load_default=list,
        validate=validate.Length(max=len(WasteKind)),
        metadata={"description": f"{description}, separated by commas or one by one"},
    )


class CheckForm(UploadForm):
    """The fields beside the photo. A phone sends each as plain text."""

    household_id = fields.UUID(required=True)
    setting = fields.Enum(
        Setting,
        by_value=True,
        load_default=Setting.DOOR,
        metadata={"description": "Where: liaisons door, booth keepers booth, collectors bin"},
    )
    grade = fields.Enum(
        Grade,
        by_value=True,
        load_default=None,
        metadata={"description": "Omit it only at the bin, when nothing was put out"},
    )
    kinds = _kinds("What was put out; needed with a grade at the booth and the bin")
    wrong_kinds = _kinds("What lay in the wrong bin")
    phone_time = Instant(
        load_default=None, metadata={"description": "When it was seen; needed with `client_id`"}
    )
    client_id = fields.UUID(
        load_default=None,
        metadata={
            "description": "Made by the phone for a record that it keeps until it is answered: "
            "it may come days later and again, and counts on the day of `phone_time`"
        },
    )
    latitude = fields.Decimal(
        load_default=None,
        validate=validate.Range(-90, 90),
        metadata={"description": "GCJ-02, as the phone gives it for its map (`type: gcj02`)"},
    )
    longitude = fields.Decimal(load_default=None, validate=validate.Range(-180, 180))

    @validates_schema
    def _place_is_whole(self, form: dict[str, Any], **_: Any) -> None:
        if (form["latitude"] is None) != (form["longitude"] is None):
            raise ValidationError("经度和纬度要一起填写", "latitude")

    @validates_schema
    def _a_record_has_its_time(self, form: dict[str, Any], **_: Any) -> None:
        if form["client_id"] is not None and form["phone_time"] is None:
            raise ValidationError("手机里的记录要带上时间", "phone_time")


class CheckPhotoUpload(Schema):
    photo = Upload(
        load_default=None,
        metadata={"description": "JPEG, PNG, WebP or AVIF, at most 10 MB; needed with a grade"},
    )


class CheckOut(Schema):
    id = fields.UUID(required=True)
    household_id = fields.UUID(required=True)
    setting = fields.Enum(Setting, by_value=True, required=True)
    photo_id = fields.UUID(required=True, allow_none=True)
    thumb_url = PictureLink(Variant.THUMB, "photo_id")
    photo_url = PictureLink(Variant.SHOWN, "photo_id")
    at = fields.AwareDateTime(required=True, metadata={"description": "Its day is what counts"})
    grade = fields.Enum(Grade, by_value=True, required=True, allow_none=True)
    kinds = fields.List(fields.Enum(WasteKind, by_value=True), required=True)
    wrong_kinds = fields.List(fields.Enum(WasteKind, by_value=True), required=True)
    state = fields.Enum(CheckState, by_value=True, required=True)
    points = fields.Integer(
        required=True, metadata={"description": "What the household earned; 1 = 1 fen"}
    )
    message = fields.String(required=True, metadata={"description": "For people, in Chinese"})


CheckPage = counted_page_of(CheckOut)


class OwnCheckOut(Schema):
    id = fields.UUID(required=True)
    check = fields.Nested(CheckOut, required=True)
    group = fields.String(required=True)
    door_number = fields.String(required=True)
    head = fields.String(required=True, metadata={"description": "Name of the head, masked"})


OwnCheckPage = counted_page_of(OwnCheckOut)


class ChecksArgs(CountedArgs, DaysArgs):
    setting = fields.Enum(Setting, by_value=True, load_default=None)
    state = fields.Enum(CheckState, by_value=True, load_default=None)


class CheckPhotoOut(Schema):
    check_id = fields.UUID(required=True)
    photo_id = fields.UUID(required=True)
    thumb_url = PictureLink(Variant.THUMB, "photo_id")
    photo_url = PictureLink(Variant.SHOWN, "photo_id")
    ordinal = fields.Integer(required=True, metadata={"description": "2 or 3"})


class JudgedCheckOut(Schema):
    id = fields.UUID(required=True)
    setting = fields.Enum(Setting, by_value=True, required=True)
    checked_as = fields.Enum(Role, by_value=True, required=True)
    at = fields.AwareDateTime(required=True)
    received_at = fields.AwareDateTime(required=True)
    phone_time = fields.AwareDateTime(required=True, allow_none=True)
    grade = fields.Enum(Grade, by_value=True, required=True, allow_none=True)
    kinds = fields.List(fields.Enum(WasteKind, by_value=True), required=True)
    wrong_kinds = fields.List(fields.Enum(WasteKind, by_value=True), required=True)
    photo_id = fields.UUID(required=True, allow_none=True)
    thumb_url = PictureLink(Variant.THUMB, "photo_id")
    photo_url = PictureLink(Variant.SHOWN, "photo_id")
    state = fields.Enum(CheckState, by_value=True, required=True)
    award_id = fields.UUID(
        required=True,
        allow_none=True,
        metadata={"description": "Ask for its reversal if the check was wrong"},
    )
    points = fields.Integer(required=True)


class CheckConflictOut(Schema):
    id = fields.UUID(required=True)
    household_id = fields.UUID(required=True)
    head = fields.String(required=True, metadata={"description": "Name of the head, masked"})
    door_number = fields.String(required=True)
    reason = fields.Enum(ConflictReason, by_value=True, required=True)
    found_at = fields.AwareDateTime(required=True)
    check = fields.Nested(JudgedCheckOut, required=True)
    first_check = fields.Nested(
        JudgedCheckOut,
        required=True,
        allow_none=True,
        metadata={"description": "The check that it contradicts"},
    )
    outcome = fields.Enum(Outcome, by_value=True, required=True, allow_none=True)
    note = fields.String(required=True, allow_none=True)
    resolved_at = fields.AwareDateTime(required=True, allow_none=True)


class CheckConflictsArgs(CountedArgs):
    is_open = fields.Boolean(
        load_default=True, metadata={"description": "false: those that were decided"}
    )
    reason = fields.Enum(ConflictReason, by_value=True, load_default=None)


class ResolutionIn(Schema):
    outcome = fields.Enum(Outcome, by_value=True, required=True)
    note = Lines(
        required=True,
        validate=validate.Length(4, 200),
        metadata={"description": "Why, in plain Chinese"},
    )


CheckConflictPage = counted_page_of(CheckConflictOut)
