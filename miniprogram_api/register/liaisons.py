"""Party members and the households they visit: who has how many, and who gets which."""

from typing import Any
from uuid import UUID

from flask_smorest import Blueprint

from app.kernel import clock
from app.register.households import liaisons
from app.register.households.service import WORKERS
from app.web.api import ErrorOut
from app.web.auth import caller, requires
from app.web.idempotency import idempotent
from miniprogram_api.register.liaisons_bodies import (
    AssignmentsOut,
    LiaisonAssignIn,
    LiaisonHandOverIn,
    LiaisonListOut,
    LiaisonNearestIn,
    LiaisonsArgs,
)

bp = Blueprint("liaisons", __name__, description="联系党员")


@bp.get("")
@requires(*liaisons.READERS)
@bp.arguments(LiaisonsArgs, location="query")
@bp.response(200, LiaisonListOut)
def of_area(args: dict[str, Any]) -> dict[str, Any]:
    """The party members of the caller's areas, by door, and how many households each has."""
    found = liaisons.liaisons(caller().places(*liaisons.READERS), **args)
    return {"items": found, "most": liaisons.HOUSEHOLDS_MAX}


@bp.post("/assignments")
@requires(*WORKERS)
@idempotent
@bp.arguments(LiaisonAssignIn)
@bp.response(200, AssignmentsOut)
@bp.alt_response(404, schema=ErrorOut, description="A household is not in an area of the caller")
@bp.alt_response(409, schema=ErrorOut, description="They have too many households")
@bp.alt_response(422, schema=ErrorOut, description="Nobody's liaison, or of a related household")
def assign(body: dict[str, Any]) -> dict[str, Any]:
    """Let a party member be the liaison of the named households, whoever was."""
    given = liaisons.assign(by=caller(), at=clock.now(), **body)
    return {"assigned": given, "left": 0}


@bp.post("/assignments/nearest")
@requires(*WORKERS)
@idempotent
@bp.arguments(LiaisonNearestIn)
@bp.response(200, AssignmentsOut)
@bp.alt_response(404, schema=ErrorOut, description="The group is not in an area of the caller")
def nearest(body: dict[str, Any]) -> liaisons.Nearest:
    """Give each household of a group that has no liaison to the nearest who has room."""
    return liaisons.nearest(by=caller(), at=clock.now(), **body)


@bp.post("/<uuid:member_id>/hand-over")
@requires(*WORKERS)
@idempotent
@bp.arguments(LiaisonHandOverIn)
@bp.response(200, AssignmentsOut)
@bp.alt_response(404, schema=ErrorOut, description="They do not live in an area of the caller")
@bp.alt_response(409, schema=ErrorOut, description="Nobody's liaison, or the other has no room")
@bp.alt_response(422, schema=ErrorOut, description="Nobody's liaison, or of a related household")
def hand_over(body: dict[str, Any], member_id: UUID) -> liaisons.Nearest:
    """Give all households of a liaison who leaves to another one, or each to the nearest."""
    return liaisons.hand_over(member_id=member_id, by=caller(), at=clock.now(), **body)
