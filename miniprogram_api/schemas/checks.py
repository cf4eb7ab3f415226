"""Bodies of checks at the door."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema
from webargs.fields import DelimitedList

from app.inspections.models import Grade, WasteKind
from miniprogram_api.schemas.self_checks import UploadForm


class CheckForm(UploadForm):
    """The fields beside the photo. A phone sends each as plain text."""

    household_id = fields.UUID(required=True)
    grade = fields.Enum(Grade, by_value=True, required=True)
    wrong_kinds = DelimitedList(
        fields.Enum(WasteKind, by_value=True),
        load_default=list,
        validate=validate.Length(max=len(WasteKind)),
        metadata={"description": "What lay in the wrong bin, separated by commas"},
    )
    phone_time = fields.AwareDateTime(load_default=None)
    latitude = fields.Decimal(load_default=None, validate=validate.Range(-90, 90))
    longitude = fields.Decimal(load_default=None, validate=validate.Range(-180, 180))

    @validates_schema
    def _place_is_whole(self, form: dict[str, Any], **_: Any) -> None:
        if (form["latitude"] is None) != (form["longitude"] is None):
            raise ValidationError("A place has a latitude and a longitude.", "latitude")


class CheckOut(Schema):
    id = fields.UUID(required=True)
    household_id = fields.UUID(required=True)
    photo_id = fields.UUID(required=True)
    at = fields.AwareDateTime(required=True)
    grade = fields.Enum(Grade, by_value=True, required=True)
    wrong_kinds = fields.List(fields.Enum(WasteKind, by_value=True), required=True)
    points = fields.Integer(
        required=True, metadata={"description": "What the household earned; 1 = 1 fen"}
    )
    message = fields.String(required=True, metadata={"description": "For people, in Chinese"})
