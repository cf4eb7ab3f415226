"""The door to photos on disk, for who carries our signature: WeChat a link, a phone a form.

A store that speaks S3 has a door of its own; this one is then closed.
"""

from io import BytesIO
from typing import BinaryIO, cast

from flask import Response, request, send_file
from flask_smorest import Blueprint

from app import outside
from app.outside.photos import DiskPhotos
from app.photos.errors import BadSignature, PhotoEmpty, PhotoTooLarge
from app.photos.models import Variant
from app.photos.service import UPLOAD_MEGABYTES_MAX
from app.web.api import ErrorOut
from app.web.auth import public
from app.web.contract import BINARY
from miniprogram_api.photos.photos_bodies import LinkArgs

bp = Blueprint("photo_files", __name__, description="照片文件")
# The fields are those of the form, whatever they are: it signs for itself.
FORM = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": ["file"],
                "properties": {"file": BINARY},
                "additionalProperties": {"type": "string"},
            }
        }
    },
}


@bp.get("/<key>")
@public
@bp.arguments(LinkArgs, location="query")
@bp.response(200, BINARY, content_type="image/jpeg")
@bp.alt_response(403, schema=ErrorOut, description="Not signed by us, or too old")
@bp.alt_response(404, schema=ErrorOut, description="Deleted meanwhile")
def file(args: dict[str, str], key: str) -> Response:
    """A picture, for whoever holds a link that we signed a short time ago."""
    if not _disk().admits_link(key, args["until"], args["signature"]):
        raise BadSignature()
    with _disk().open(key) as picture:
        return send_file(BytesIO(picture.read()), mimetype="image/jpeg")


@bp.post("")
@public
@bp.doc(requestBody=FORM)
@bp.response(204)
@bp.alt_response(403, schema=ErrorOut, description="Not a form of ours, or too old")
@bp.alt_response(413, schema=ErrorOut, description="More than 10 MB")
@bp.alt_response(422, schema=ErrorOut, description="No file")
def put_file() -> None:
    """Take a photo that a phone posts with the form of `POST /api/v1/photos/uploads`."""
    if not _disk().admits_form(request.form):
        raise BadSignature()
    key: str = request.form["key"]
    assert key.endswith(f"-{Variant.POSTED}"), "no other key is given a form"
    content = request.files.get("file")
    if content is None:
        raise PhotoEmpty()
    if content.stream.seek(0, 2) > int(request.form["bytes_max"]):
        raise PhotoTooLarge(limit_megabytes=UPLOAD_MEGABYTES_MAX)
    content.stream.seek(0)
    _disk().put(key, cast(BinaryIO, content.stream))


def _disk() -> DiskPhotos:
    store = outside.photos()
    if not isinstance(store, DiskPhotos):
        raise BadSignature()
    return store
