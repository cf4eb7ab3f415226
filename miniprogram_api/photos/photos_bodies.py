"""Arguments of photos."""

from marshmallow import Schema, fields, validate

from app.photos.models import Variant
from app.web.fields import Integer, Token


class PhotoArgs(Schema):
    size = fields.Enum(
        Variant,
        by_value=True,
        load_default=Variant.SHOWN,
        validate=validate.OneOf([Variant.SHOWN, Variant.THUMB]),
        metadata={"description": "`shown`: sides of at most 1600 px; `thumb`: of at most 320 px"},
    )


class PictureArgs(Schema):
    """The terms of a link. What is missing is not signed."""

    county = Integer(load_default=0)
    size = fields.Enum(Variant, by_value=True, load_default=Variant.THUMB)
    until = Token(load_default="")
    signature = Token(load_default="")


class LinkArgs(Schema):
    """What is missing is not signed."""

    until = Token(load_default="")
    signature = Token(load_default="")


class UploadIn(Schema):
    content_type = Token(
        required=True,
        validate=validate.OneOf(["image/jpeg", "image/png", "image/webp", "image/avif"]),
    )


class FormOut(Schema):
    url = fields.String(required=True)
    fields_ = fields.Dict(
        keys=fields.String(),
        values=fields.String(),
        required=True,
        attribute="fields",
        data_key="fields",
        metadata={"description": "Posted as they are, before the file, which is named `file`"},
    )


class UploadOut(Schema):
    id = fields.UUID(required=True, metadata={"description": "The `upload_id` to name it by"})
    form = fields.Nested(FormOut, required=True)
    expires_at = fields.AwareDateTime(
        required=True, metadata={"description": "To be used before; the form itself lives 10 min"}
    )
