"""The whole trace, for the county's auditor."""

from typing import Any

from flask_smorest import Blueprint

from app.agreements.trace import queries, service
from app.agreements.trace.queries import Sought
from app.kernel import clock
from app.kernel.db import transaction
from app.register.identity.roles import Role
from app.web.auth import caller, requires
from app.web.paging import page
from miniprogram_api.agreements.trace_bodies import TraceArgs, TracePage

bp = Blueprint("trace", __name__, description="留痕：谁在什么时候对什么做了什么")


@bp.get("")
@requires(Role.AUDITOR)
@bp.arguments(TraceArgs, location="query")
@bp.response(200, TracePage)
def events(args: dict[str, Any]) -> dict[str, Any]:
    """Any act by anybody on anybody's data in the auditor's county, newest first.

    That somebody looked, and for what, is an event itself.
    """
    who, before, limit = caller(), args.pop("before"), args.pop("limit")
    sought = Sought(**args)
    with transaction():
        found = queries.events(who.county_id, sought, before=before, limit=limit)
        if before is None:
            service.note_reading(sought, by=who, at=clock.now())
    return page(found, limit)
