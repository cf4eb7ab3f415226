"""Standing before a shop, so that no business is paid that nobody has seen."""

from io import BytesIO
from typing import Any
from uuid import UUID

from flask import Response, send_file
from flask_smorest import Blueprint

from app.kernel import clock
from app.kernel.db import transaction
from app.register.identity.roles import Role
from app.web.api import ErrorOut
from app.web.auth import caller, requires
from app.web.contract import BINARY
from app.web.multipart import multipart
from mall.merchants import visits
from mall.merchants.models import MerchantVisit
from miniprogram_api.mall.merchants.merchants_bodies import (
    MerchantVisitListOut,
    MerchantVisitOut,
    MerchantVisitPhotoIn,
    MerchantVisitPlaceIn,
    MerchantVisitsArgs,
)

bp = Blueprint("merchant_visits", __name__, description="实地看店")
READERS = (Role.COUNTY_ADMIN, Role.FINANCE, Role.AUDITOR)


@bp.post("")
@requires(*visits.VISITORS)
@multipart(bp, files=MerchantVisitPhotoIn, form=MerchantVisitPlaceIn)
@bp.response(201, MerchantVisitOut)
@bp.alt_response(403, schema=ErrorOut, description="Nobody has seen the caller's document")
@bp.alt_response(413, schema=ErrorOut, description="More than 10 MB")
@bp.alt_response(415, schema=ErrorOut, description="Not a JPEG, PNG, WebP or AVIF")
@bp.alt_response(422, schema=ErrorOut, description="Empty or damaged, or no licence number")
@bp.alt_response(503, schema=ErrorOut, description="The photo store is full or away")
def visit(form: dict[str, Any], files: dict[str, Any]) -> MerchantVisit:
    """Show the shop front from where one stands, with the licence number from its wall."""
    front = visits.take_in(files["photo"].stream, at=clock.now())
    with transaction():
        return visits.record(
            licence_number=form["licence_number"],
            front=front,
            spot=visits.Spot(form["latitude"], form["longitude"]),
            by=caller(),
            at=clock.now(),
        )


@bp.get("")
@requires(*READERS)
@bp.arguments(MerchantVisitsArgs, location="query")
@bp.response(200, MerchantVisitListOut)
def merchant_visits(args: dict[str, Any]) -> dict[str, Any]:
    """Who has stood before the shop with this licence, and where; newest first."""
    return {"items": visits.visits(caller().county_id, args["licence_number"])}


@bp.get("/<uuid:visit_id>/photo")
@requires(*READERS)
@bp.response(200, BINARY, content_type="image/jpeg")
@bp.alt_response(404, schema=ErrorOut, description="No such visit in the county")
def photo(visit_id: UUID) -> Response:
    """The shop front, as JPEG without metadata."""
    content = visits.jpeg(caller().county_id, visit_id)
    return send_file(BytesIO(content), mimetype="image/jpeg")
