"""A day at the bank beside the same day in the ledger, and its closing by a person."""

from datetime import timedelta
from typing import Any

from flask_smorest import Blueprint

from app.kernel import clock
from app.register.identity.roles import Role
from app.web.api import ErrorOut
from app.web.auth import caller, requires, with_factor
from app.web.idempotency import idempotent
from mall.settlement import days, reconciliation
from mall.settlement import service as settlement
from mall.settlement.models import DayClosing
from miniprogram_api.mall.settlement.bank_statements_bodies import (
    ClosedDaysArgs,
    ClosedDaysOut,
    ClosingIn,
    ClosingOut,
    DayArgs,
    OpenDaysOut,
    ReconciliationOut,
)

bp = Blueprint("reconciliations", __name__, description="对账")


@bp.get("")
@requires(Role.FINANCE, Role.COUNTY_ADMIN, Role.BANK, Role.AUDITOR)
@bp.response(200, OpenDaysOut)
def open_days() -> dict[str, Any]:
    """The days until yesterday that nobody has closed, oldest first."""
    yesterday = clock.day_of(clock.now()) - timedelta(days=1)
    return {"items": days.open_days(caller().county_id, until=yesterday)}


@bp.get("/closed")
@requires(Role.FINANCE, Role.COUNTY_ADMIN, Role.BANK, Role.AUDITOR)
@bp.arguments(ClosedDaysArgs, location="query")
@bp.response(200, ClosedDaysOut)
def closed_days(args: dict[str, Any]) -> dict[str, Any]:
    """The days that were closed, newest first: by whom, and what they found out."""
    found = days.closed_days(caller().county_id, **args)
    is_full = len(found) == args["limit"]
    return {"items": found, "next": found[-1].closing.on_day if is_full else None}


@bp.get("/<string:on>")
@requires(Role.FINANCE, Role.COUNTY_ADMIN, Role.BANK, Role.AUDITOR)
@bp.arguments(DayArgs, location="path")
@bp.response(200, ReconciliationOut)
@bp.alt_response(404, schema=ErrorOut, description="No statement of that day or a later one")
def of_day(day: dict[str, Any], **_: str) -> reconciliation.Reconciliation:
    """Whether bank and ledger agree, every line on which they differ, and what to do."""
    return reconciliation.reconciliation(caller().county_id, day["on"])


@bp.post("/<string:on>/closing")
@requires(Role.FINANCE, Role.COUNTY_ADMIN)
@with_factor
@idempotent
@bp.arguments(DayArgs, location="path")
@bp.arguments(ClosingIn)
@bp.response(201, ClosingOut)
@bp.alt_response(403, schema=ErrorOut, description="Not apart from who brought the statement")
@bp.alt_response(404, schema=ErrorOut, description="No statement of that day or a later one")
@bp.alt_response(409, schema=ErrorOut, description="Not over, not booked, or closed already")
@bp.alt_response(422, schema=ErrorOut, description="`details.keys` name what has no note yet")
def close(day: dict[str, Any], body: dict[str, Any], **_: str) -> DayClosing:
    """Close a day. Each difference needs a note; whoever closes answers for them."""
    who = caller()
    return settlement.close_day(
        county_id=who.county_id,
        on=day["on"],
        notes={note["key"]: note["note"] for note in body["notes"]},
        closed_by=who.user_id,
        at=clock.now(),
    )
