"""Rolls of bags: ordered, printed by a factory, given to households."""

from typing import Any
from uuid import UUID

from flask import Response
from flask_smorest import Blueprint

from app.kernel import clock
from app.register.assets import bags
from app.register.assets.models import BagRoll
from app.register.identity.roles import Role
from app.web.api import ErrorOut
from app.web.auth import caller, requires
from app.web.idempotency import idempotent
from miniprogram_api.register.assets_bodies import BagOrderIn, BagOrderOut, BagRollOut, IssueIn

bp = Blueprint("bag_rolls", __name__, description="分类袋")


@bp.post("/orders")
@requires(Role.COUNTY_ADMIN)
@idempotent
@bp.arguments(BagOrderIn)
@bp.response(201, BagOrderOut)
def order(body: dict[str, Any]) -> bags.Order:
    """Make rolls for a factory to print."""
    return bags.order(**body, by=caller(), at=clock.now())


@bp.get("/orders/<uuid:order_id>")
@requires(Role.COUNTY_ADMIN)
@bp.response(200, {"type": "string"}, content_type="text/csv")
@bp.alt_response(404, schema=ErrorOut, description="No order of the county")
def file(order_id: UUID) -> Response:
    """What the factory prints: a line a bag, the same file whenever it is asked for."""
    found = bags.ordered(caller().county_id, order_id)
    headers = {"Content-Disposition": "attachment; filename=bags.csv"}
    return Response(found.content, content_type="text/csv; charset=utf-8", headers=headers)


@bp.post("/<uuid:roll_id>/issue")
@requires(*bags.ISSUERS)
@idempotent
@bp.arguments(IssueIn)
@bp.response(200, BagRollOut)
@bp.alt_response(404, schema=ErrorOut, description="No such roll, or no household of the area")
@bp.alt_response(409, schema=ErrorOut, description="Given out already, or void")
def issue(body: dict[str, Any], roll_id: UUID) -> BagRoll:
    """Give a roll to a household."""
    return bags.issue(roll_id=roll_id, **body, by=caller(), at=clock.now())


@bp.post("/<uuid:roll_id>/void")
@requires(Role.COUNTY_ADMIN)
@idempotent
@bp.response(200, BagRollOut)
@bp.alt_response(404, schema=ErrorOut, description="No such roll")
@bp.alt_response(409, schema=ErrorOut, description="A household has it")
def void(roll_id: UUID) -> BagRoll:
    """Make a stocked roll void."""
    return bags.void(roll_id=roll_id, by=caller(), at=clock.now())
