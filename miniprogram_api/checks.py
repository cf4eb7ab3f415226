"""Checks at the door, by the liaison of a household."""

from typing import Any

from flask_smorest import Blueprint

from app.identity.roles import OFFICIALS, Role
from app.inspections import queries, service
from app.kernel import clock
from app.web.api import ErrorOut
from app.web.auth import actor, requires
from app.web.idempotency import idempotent
from miniprogram_api.photo_uploads import photo_sent, uploads_fetched
from miniprogram_api.schemas.checks import CheckForm, CheckOut
from miniprogram_api.schemas.self_checks import PhotoUpload

bp = Blueprint("checks", __name__, description="上门检查")


@bp.post("")
@requires(Role.LIAISON)
@uploads_fetched
@idempotent
@bp.arguments(CheckForm, location="form")
@bp.arguments(PhotoUpload, location="files")
@bp.response(201, CheckOut)
@bp.alt_response(403, schema=ErrorOut, description="The liaison's own household")
@bp.alt_response(404, schema=ErrorOut, description="No household of this liaison, or no upload")
@bp.alt_response(409, schema=ErrorOut, description="A photo or an upload that was used before")
@bp.alt_response(413, schema=ErrorOut, description="More than 10 MB")
@bp.alt_response(415, schema=ErrorOut, description="Not a JPEG, PNG or WebP")
@bp.alt_response(503, schema=ErrorOut, description="The photo store is full or away")
def record_check(form: dict[str, Any], files: dict[str, Any]) -> queries.CheckAndAward:
    """Record what the liaison saw; the household earns points by its grade."""
    who, household_id = actor(), form.pop("household_id")
    photo = photo_sent(files, form.pop("upload_id"))
    liaison = service.Liaison(who.user_id, who.member(), who.household(), who.may(OFFICIALS))
    check = service.record_check(
        county_id=who.county_id,
        liaison=liaison,
        household_id=household_id,
        seen=service.Seen(**form),
        photo=photo,
        at=clock.now(),
    )
    return queries.with_award(check)
