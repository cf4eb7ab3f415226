"""Arguments of photos."""

from marshmallow import Schema, fields, validate

from app.photos.models import Variant


class PhotoArgs(Schema):
    size = fields.Enum(
        Variant,
        by_value=True,
        load_default=Variant.SHOWN,
        validate=validate.OneOf([Variant.SHOWN, Variant.THUMB]),
        metadata={"description": "`shown`: sides of at most 1600 px; `thumb`: of at most 320 px"},
    )
