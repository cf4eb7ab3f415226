"""How reviewers judge, for those who answer for them, and for themselves."""

from datetime import datetime
from typing import Any

from flask_smorest import Blueprint

from app.kernel import clock
from app.register.identity.roles import Role
from app.sorting.self_checks import records
from app.web.auth import caller, requires
from app.web.paging import page, wanted
from miniprogram_api.sorting.reviewers_bodies import (
    OwnRecordOut,
    PeriodArgs,
    ReviewersArgs,
    ReviewersPage,
    VerdictPage,
    VerdictsArgs,
)

bp = Blueprint("reviewers", __name__, description="审核员")
SUPERVISORS = (Role.TOWN_ADMIN, Role.COUNTY_ADMIN, Role.AUDITOR)


@bp.get("")
@requires(*SUPERVISORS)
@bp.arguments(ReviewersArgs, location="query")
@bp.response(200, ReviewersPage)
def reviewers(args: dict[str, Any]) -> dict[str, Any]:
    """Who judged photos of the caller's areas in the period: how much, how alike, how fast."""
    who = caller()
    rows = records.reviewers(who.county_id, places=who.places(*SUPERVISORS), **_instants(args))
    return page(rows, args["limit"])


@bp.get("/me")
@requires(Role.REVIEWER)
@bp.arguments(PeriodArgs, location="query")
@bp.response(200, OwnRecordOut)
def own(args: dict[str, Any]) -> dict[str, Any]:
    """The same about the caller, and how far they have come today."""
    who = caller()
    since = clock.day_start(clock.day_of(clock.now()))
    return {
        "figures": records.own(who.county_id, user_id=who.user_id, **_instants(args)),
        "today": records.today(who.county_id, user_id=who.user_id, since=since),
    }


@bp.get("/me/verdicts")
@requires(Role.REVIEWER)
@bp.arguments(VerdictsArgs, location="query")
@bp.response(200, VerdictPage)
def verdicts(args: dict[str, Any]) -> dict[str, Any]:
    """What the caller has judged, the photos that came last first."""
    who = caller()
    return page(records.verdicts(who.county_id, who.user_id, wanted(args)), args["limit"])


def _instants(args: dict[str, Any]) -> dict[str, Any]:
    """The query with its days as instants, the second one exclusive."""
    since: datetime = clock.day_start(args["since"])
    return {**args, "since": since, "until": clock.day_end(args["until"])}
