"""The village roster in Excel: the template, and its import."""

from typing import Any

from flask import Response
from flask_smorest import Blueprint

from app.kernel import clock
from app.points.means import rosters
from app.register.households import roster
from app.register.households.service import WORKERS
from app.register.regions import queries as regions
from app.web.api import ErrorOut
from app.web.auth import caller, requires
from app.web.contract import BINARY
from app.web.idempotency import idempotent
from app.web.multipart import multipart
from miniprogram_api.register.rosters_bodies import RosterFileIn, RosterFormIn, RosterImportOut

bp = Blueprint("rosters", __name__, description="名册")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@bp.get("/roster-template")
@requires(*WORKERS)
@bp.response(200, BINARY, content_type=XLSX)
def template() -> Response:
    """The workbook to fill in, with the villages of the caller's areas to choose from."""
    content = roster.template(regions.villages(caller().places(*WORKERS)))
    headers = {"Content-Disposition": "attachment; filename=roster-template.xlsx"}
    return Response(content, content_type=XLSX, headers=headers)


@bp.post("/roster-imports")
@requires(*WORKERS)
@idempotent
@multipart(bp, files=RosterFileIn, form=RosterFormIn)
@bp.response(200, RosterImportOut)
@bp.alt_response(409, schema=ErrorOut, description="Another import is running")
@bp.alt_response(422, schema=ErrorOut, description="Not a roster, or `details.problems` says why")
def import_roster(form: dict[str, Any], files: dict[str, Any]) -> roster.Outcome:
    """Import the households of a roster, all or none; or, as a dry run, list its problems.

    `confirmations` names what is not written before another person agrees; each of those is a
    proposal, except in a dry run.
    """
    return rosters.import_roster(
        files["file"].stream,
        county_id=caller().county_id,
        by=caller(),
        is_dry_run=form["dry_run"],
        at=clock.now(),
    )
