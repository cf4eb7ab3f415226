"""Checks at the door, the booth and the bin."""

from typing import Any
from uuid import UUID

from flask_smorest import Blueprint

from app.kernel import clock
from app.register.identity.roles import Role
from app.sorting.inspections import queries, service
from app.sorting.inspections.models import CheckPhoto, Setting
from app.web.api import ErrorOut
from app.web.auth import caller, requires
from app.web.idempotency import idempotent
from app.web.multipart import multipart
from app.web.paging import page, wanted
from miniprogram_api.photos.photo_uploads import photo_sent, uploads_fetched
from miniprogram_api.sorting.checks_bodies import (
    CheckForm,
    CheckOut,
    CheckPage,
    CheckPhotoOut,
    CheckPhotoUpload,
    ChecksArgs,
    OwnCheckPage,
)
from miniprogram_api.sorting.self_checks_bodies import PhotoUpload

bp = Blueprint("checks", __name__, description="检查")

CHECKERS = tuple(setting.role for setting in Setting)


@bp.get("")
@requires(Role.RESIDENT)
@bp.arguments(ChecksArgs, location="query")
@bp.response(200, CheckPage)
def checks(args: dict[str, Any]) -> dict[str, Any]:
    """How others found the sorting of the caller's household, newest first, and what it earned."""
    who = caller()
    found = queries.checks_of(who.county_id, who.household(), wanted(args))
    return page(found, args["limit"])


@bp.get("/own")
@requires(*CHECKERS)
@bp.arguments(ChecksArgs, location="query")
@bp.response(200, OwnCheckPage)
def own(args: dict[str, Any]) -> dict[str, Any]:
    """What the caller checked, newest first; today's by `from_on` and `to_on`."""
    who = caller()
    return page(queries.checks_by(who.county_id, who.user_id, wanted(args)), args["limit"])


@bp.post("")
@requires(*CHECKERS)
@uploads_fetched
@idempotent
@multipart(bp, files=CheckPhotoUpload, form=CheckForm)
@bp.response(201, CheckOut)
@bp.alt_response(403, schema=ErrorOut, description="One's own household, or another's setting")
@bp.alt_response(404, schema=ErrorOut, description="No household of this checker, or no upload")
@bp.alt_response(409, schema=ErrorOut, description="A photo or id used before, or too fast")
@bp.alt_response(413, schema=ErrorOut, description="More than 10 MB")
@bp.alt_response(415, schema=ErrorOut, description="Not a JPEG, PNG, WebP or AVIF")
@bp.alt_response(503, schema=ErrorOut, description="The photo store is full or away")
def record_check(form: dict[str, Any], files: dict[str, Any]) -> queries.CheckAndAward:
    """Record what was seen; the household earns points by its grade.

    A phone without network keeps its records, each with a `client_id`, and sends them one by one
    when it can: each is answered by itself, a repeat as the first time.
    """
    household_id, setting = form.pop("household_id"), form.pop("setting")
    upload_id = form.pop("upload_id")
    has_photo = files["photo"] is not None or upload_id is not None
    check = service.record_check(
        household_id=household_id,
        setting=setting,
        seen=service.Seen(**form),
        photo=photo_sent(files, upload_id) if has_photo else None,
        by=caller(),
        at=clock.now(),
    )
    return queries.with_award(check)


@bp.post("/<uuid:check_id>/photos")
@requires(*CHECKERS)
@idempotent
@multipart(bp, files=PhotoUpload)
@bp.response(201, CheckPhotoOut)
@bp.alt_response(404, schema=ErrorOut, description="Not a check of the caller")
@bp.alt_response(409, schema=ErrorOut, description="Three already, too late, or used before")
@bp.alt_response(413, schema=ErrorOut, description="More than 10 MB")
@bp.alt_response(415, schema=ErrorOut, description="Not a JPEG, PNG, WebP or AVIF")
@bp.alt_response(503, schema=ErrorOut, description="The photo store is full or away")
def add_photo(files: dict[str, Any], check_id: UUID) -> CheckPhoto:
    """Add a second or third photo to a check of one's own."""
    return service.add_photo(
        check_id=check_id, photo=files["photo"].stream, by=caller(), at=clock.now()
    )
