"""Leave for a phone to post a photo straight into the photo store."""

from functools import wraps
from typing import Any, BinaryIO, cast
from uuid import UUID

from flask import request
from flask_smorest import Blueprint
from werkzeug.datastructures import FileStorage

from app.kernel import clock, foreign_json
from app.kernel.db import reading, transaction
from app.photos import uploads
from app.photos.errors import PhotoEmpty
from app.register.identity.roles import Role
from app.web.api import ErrorOut
from app.web.auth import View, caller, requires
from miniprogram_api.photos.photos_bodies import UploadIn, UploadOut

bp = Blueprint("photo_uploads", __name__, description="照片直传")
UPLOADS_MAX = 3  # of one record


@bp.post("")
@requires(
    Role.RESIDENT,
    Role.LIAISON,
    Role.BOOTH_KEEPER,
    Role.COLLECTOR,
    Role.HAULIER,
    Role.TREATMENT_OPERATOR,
    Role.RECYCLER_AGENT,
    Role.INSPECTOR,
)
@bp.arguments(UploadIn)
@bp.response(201, UploadOut)
@bp.alt_response(429, schema=ErrorOut, description="Too many in an hour")
def offer(body: dict[str, Any]) -> uploads.Offer:
    """Where to post a photo, and the fields to post before the file (`wx.uploadFile`).

    Then send `POST /api/v1/self-checks` or `/api/v1/checks` with `upload_id` instead of the file,
    or `POST /api/v1/sales` with it in the body; of a visit several, as `upload_ids`.
    """
    who = caller()
    with transaction():
        return uploads.offer(
            county_id=who.county_id,
            user_id=who.user_id,
            content_type=body["content_type"],
            at=clock.now(),
        )


def photo_sent(files: dict[str, Any], upload_id: UUID | None) -> BinaryIO | UUID:
    """The file that came with the request, or the id of the upload it names instead.

    Raises:
        PhotoEmpty: neither came, or both.
    """
    file: FileStorage | None = files.get("photo")
    if (file is None) == (upload_id is None):
        raise PhotoEmpty()
    return cast(BinaryIO, file.stream) if file is not None else cast(UUID, upload_id)


def uploads_fetched(view: View) -> View:
    """Fetch and look at the upload that the request names, before the view's transaction.

    Put it below ``@requires`` and above ``@idempotent``. A repeat of a request finds it done.
    """

    @wraps(view)
    def with_upload(*args: Any, **kwargs: Any) -> Any:
        for upload_id in _named_uploads():
            _fetch(upload_id)
        return view(*args, **kwargs)

    return with_upload  # type: ignore[return-value]


def evidence_fetched(view: View) -> View:
    """``uploads_fetched``, and the upload is decoded: for what is paid at once on a photo."""

    @wraps(view)
    def with_evidence(*args: Any, **kwargs: Any) -> Any:
        for upload_id in _named_uploads():
            _fetch(upload_id)
            _look(upload_id)
        return view(*args, **kwargs)

    return with_evidence  # type: ignore[return-value]


def _named_uploads() -> list[UUID]:
    """The uploads that the body names; the schema says what is wrong with others."""
    if request.mimetype != "multipart/form-data":
        request.get_data(cache=True)  # the idempotency key needs the body as it came
    try:
        body = foreign_json.read(request.get_data()) if request.is_json else request.form
        one = body.get("upload_id")
        several = request.form.getlist("upload_ids")
        named = [one] if one else [part for text in several for part in text.split(",")]
        return [UUID(name) for name in named[:UPLOADS_MAX]]
    except (AttributeError, TypeError, ValueError):
        return []


def _fetch(upload_id: UUID) -> None:
    who = caller()
    with reading():
        is_due = uploads.to_fetch(
            county_id=who.county_id, upload_id=upload_id, user_id=who.user_id, at=clock.now()
        )
    if is_due:
        found = uploads.fetch(upload_id=upload_id, at=clock.now())
        with transaction():
            uploads.record_arrival(county_id=who.county_id, upload_id=upload_id, found=found)


def _look(upload_id: UUID) -> None:
    who = caller()
    with reading():
        photo_id = uploads.to_look_at(
            county_id=who.county_id, upload_id=upload_id, user_id=who.user_id
        )
    if photo_id is not None:
        uploads.look(photo_id)
