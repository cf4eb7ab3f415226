"""Bodies of self-checks."""

from flask_smorest.fields import Upload
from marshmallow import Schema, fields

from app.kernel.waste import WasteKind
from app.photos.models import Variant
from app.sorting.self_checks.models import AppealState, RejectReason, SelfCheckState
from app.web.paging import CountedArgs, DaysArgs, counted_page_of
from miniprogram_api.photos.picture_links import PictureLink


class PhotoUpload(Schema):
    photo = Upload(
        metadata={"description": "JPEG, PNG, WebP or AVIF of at most 10 MB; or give `upload_id`"}
    )


class UploadForm(Schema):
    upload_id = fields.UUID(
        load_default=None,
        metadata={"description": "A photo put into the store before, instead of `photo`"},
    )


class SelfCheckForm(UploadForm):
    household_id = fields.UUID(
        load_default=None,
        metadata={
            "description": "Only for a liaison: a household of theirs that has nobody who acts for "
            "it on a phone, or lives by its card. Without it, the caller's own"
        },
    )


class SelfChecksArgs(CountedArgs, DaysArgs):
    state = fields.Enum(SelfCheckState, by_value=True, load_default=None)


class SpotOut(Schema):
    x = fields.Integer(required=True, metadata={"description": "Thousandths of the width"})
    y = fields.Integer(required=True, metadata={"description": "Thousandths of the height"})


class MistakeOut(Schema):
    lies_in = fields.Enum(WasteKind, by_value=True, required=True, allow_none=True)
    belongs_to = fields.Enum(WasteKind, by_value=True, required=True, allow_none=True)
    spot = fields.Nested(SpotOut, required=True, allow_none=True)
    words = fields.String(required=True)


class SelfCheckOut(Schema):
    id = fields.UUID(required=True)
    photo_id = fields.UUID(required=True)
    thumb_url = PictureLink(Variant.THUMB, "photo_id")
    photo_url = PictureLink(Variant.SHOWN, "photo_id")
    state = fields.Enum(SelfCheckState, by_value=True, required=True)
    submitted_at = fields.AwareDateTime(required=True)
    reviewed_at = fields.AwareDateTime(required=True, allow_none=True)
    reject_reason = fields.Enum(RejectReason, by_value=True, required=True, allow_none=True)
    points = fields.Integer(required=True, metadata={"description": "What it earned; 1 = 1 fen"})
    message = fields.String(required=True, metadata={"description": "For people, in Chinese"})
    can_appeal_until = fields.AwareDateTime(
        required=True,
        allow_none=True,
        metadata={"description": "From then on it is too late; null when there is no appeal"},
    )
    appeal = fields.Enum(
        AppealState,
        by_value=True,
        required=True,
        allow_none=True,
        metadata={"description": "How the household's appeal stands"},
    )
    mistake = fields.Nested(
        MistakeOut,
        required=True,
        allow_none=True,
        metadata={"description": "What lay in the wrong bin, if the judge pointed it out"},
    )


SelfCheckPage = counted_page_of(SelfCheckOut)
