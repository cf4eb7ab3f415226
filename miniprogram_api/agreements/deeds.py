"""The auditor's morning: deeds of value and power, each to be looked at."""

from typing import Any
from uuid import UUID

from flask_smorest import Blueprint

from app.agreements.morning import queries, service
from app.agreements.morning.errors import DeedNotFound
from app.agreements.morning.queries import ShownDeed
from app.kernel import clock
from app.register.identity.roles import Role
from app.web.api import ErrorOut
from app.web.auth import caller, requires
from app.web.idempotency import idempotent
from app.web.paging import page
from miniprogram_api.agreements.deeds_bodies import DeedArgs, DeedOut, DeedPage, DeedSeenIn

bp = Blueprint("deeds", __name__, description="审计每天要看的事")


@bp.get("")
@requires(Role.AUDITOR)
@bp.arguments(DeedArgs, location="query")
@bp.response(200, DeedPage)
def deeds(args: dict[str, Any]) -> dict[str, Any]:
    """Deeds of value and power in the auditor's county, newest first."""
    return page(queries.deeds(caller().county_id, **args), args["limit"])


@bp.post("/<uuid:deed_id>/seen")
@requires(Role.AUDITOR)
@idempotent
@bp.arguments(DeedSeenIn)
@bp.response(200, DeedOut)
@bp.alt_response(403, schema=ErrorOut, description="The auditor's own, or of somebody close")
@bp.alt_response(404, schema=ErrorOut, description="Not in the list")
@bp.alt_response(409, schema=ErrorOut, description="Somebody has ticked it")
def see(body: dict[str, Any], deed_id: UUID) -> ShownDeed:
    """Tick a deed as seen, with a sentence."""
    who = caller()
    service.see(event_id=deed_id, by=who, at=clock.now(), **body)
    seen = queries.deed(who.county_id, deed_id)
    if seen is None:
        raise DeedNotFound()
    return seen
