"""Photos, for the household they show, those who review its area, and who took them at work."""

from io import BytesIO
from typing import Any
from uuid import UUID

from flask import Response, request, send_file
from flask_smorest import Blueprint

from app.kernel import clock
from app.kernel.db import transaction
from app.photos import links, queries
from app.photos.models import Photo, Variant
from app.register.identity.roles import Role
from app.register.looks import service as looks
from app.register.looks.models import Looked
from app.web.api import ErrorOut
from app.web.auth import caller, public, requires
from app.web.contract import BINARY
from miniprogram_api.photos.photos_bodies import PhotoArgs, PictureArgs

bp = Blueprint("photos", __name__, description="照片")
LOOKERS = (Role.REVIEWER, Role.VILLAGE_ADMIN, Role.TOWN_ADMIN, Role.COUNTY_ADMIN)
# They open the evidence that they brought themselves, not the photos of their area.
TAKERS = (
    Role.LIAISON,
    Role.BOOTH_KEEPER,
    Role.COLLECTOR,
    Role.RECYCLER_AGENT,
    Role.HAULIER,
    Role.TREATMENT_OPERATOR,
    Role.INSPECTOR,
)
KEPT_SECONDS = 3600  # by the phone, so that village signal carries each photo once


@bp.get("/<uuid:photo_id>")
@requires(Role.RESIDENT, *LOOKERS, *TAKERS, Role.AUDITOR)
@bp.arguments(PhotoArgs, location="query")
@bp.response(200, BINARY, content_type="image/jpeg")
@bp.alt_response(404, schema=ErrorOut, description="None that the caller may see")
@bp.alt_response(409, schema=ErrorOut, description="Not screened or not checked yet")
@bp.alt_response(410, schema=ErrorOut, description="Deleted when its time was over")
def photo(args: dict[str, Any], photo_id: UUID) -> Response:
    """A photo without metadata, as JPEG. An auditor opens any of their area; the trace has it."""
    who = caller()
    found = queries.visible_photo(
        county_id=who.county_id,
        photo_id=photo_id,
        household_id=who.household_id,
        places=who.places(*LOOKERS, Role.AUDITOR),
        taken_by=who.user_id if who.may(TAKERS) else None,
    )
    if who.may([Role.AUDITOR]) and found.household_id is not None:
        with transaction():
            looks.note(Looked.PHOTO, [found.household_id], by=who, at=clock.now())
    return _picture(found, args["size"], KEPT_SECONDS)


@bp.get("/<uuid:photo_id>/picture")
@public
@bp.arguments(PictureArgs, location="query")
@bp.response(200, BINARY, content_type="image/jpeg")
@bp.alt_response(403, schema=ErrorOut, description="Not a link of ours, or too old")
@bp.alt_response(404, schema=ErrorOut, description="Refused meanwhile")
@bp.alt_response(409, schema=ErrorOut, description="Not screened or not checked yet")
@bp.alt_response(410, schema=ErrorOut, description="Deleted when its time was over")
def picture(args: dict[str, Any], photo_id: UUID) -> Response:
    """A photo for whoever holds its link, as answers with a `photo_id` have it beside."""
    asked, at = links.Picture(args["county"], photo_id, args["size"]), clock.now()
    ends_at = links.check(asked, until=args["until"], signature=args["signature"], at=at)
    found = queries.linked_photo(county_id=asked.county_id, photo_id=photo_id)
    return _picture(found, asked.size, int((ends_at - at).total_seconds()))


def _picture(found: Photo, size: Variant, kept_seconds: int) -> Response:
    # Never written twice, so its name is its tag; the store is not asked when the phone has it.
    tag = found.key(size)
    if tag in request.if_none_match:
        response = Response(status=304)
    else:
        response = send_file(BytesIO(queries.jpeg(found, size)), mimetype="image/jpeg")
    response.set_etag(tag)
    response.headers["Cache-Control"] = f"private, max-age={kept_seconds}, immutable"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
