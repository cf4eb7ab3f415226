"""Checks that a person must judge: two grades on a day, a wrong clock, another's household."""

from typing import Any
from uuid import UUID

from flask_smorest import Blueprint

from app.kernel import clock
from app.sorting.inspections import conflicts, queries
from app.web.api import ErrorOut
from app.web.auth import caller, requires
from app.web.idempotency import idempotent
from app.web.paging import page, wanted
from miniprogram_api.sorting.checks_bodies import (
    CheckConflictOut,
    CheckConflictPage,
    CheckConflictsArgs,
    ResolutionIn,
)

bp = Blueprint("check_conflicts", __name__, description="待核对的检查")


@bp.get("")
@requires(*conflicts.RESOLVERS)
@bp.arguments(CheckConflictsArgs, location="query")
@bp.response(200, CheckConflictPage)
def check_conflicts(args: dict[str, Any]) -> dict[str, Any]:
    """What waits for a decision in the caller's area, or was decided, newest first."""
    rows = queries.conflicts(
        county_id=caller().county_id,
        places=caller().places(*conflicts.RESOLVERS),
        is_open=args.pop("is_open"),
        wanted=wanted(args),
    )
    return page(rows, args["limit"])


@bp.post("/<uuid:conflict_id>/resolution")
@requires(*conflicts.RESOLVERS)
@idempotent
@bp.arguments(ResolutionIn)
@bp.response(200, CheckConflictOut)
@bp.alt_response(403, schema=ErrorOut, description="The caller's own check or household")
@bp.alt_response(404, schema=ErrorOut, description="Not in the caller's area")
@bp.alt_response(409, schema=ErrorOut, description="Decided already")
def resolve(body: dict[str, Any], conflict_id: UUID) -> queries.ConflictRow:
    """Decide which of the checks count. One that now counts earns, under the caps of its day."""
    conflicts.resolve(conflict_id=conflict_id, by=caller(), at=clock.now(), **body)
    return queries.conflict(caller().county_id, conflict_id)
