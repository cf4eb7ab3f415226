"""What a household earned, and why."""

from typing import Any
from uuid import UUID

from flask_smorest import Blueprint

from app.kernel import clock
from app.points.awards import explanations, queries
from app.register.identity.roles import Role
from app.web.api import ErrorOut
from app.web.auth import caller, requires
from app.web.paging import PageArgs, page, wanted
from miniprogram_api.points.awards_bodies import (
    AreaAwardPage,
    AreaAwardsArgs,
    AwardPage,
    ExplanationOut,
    NoticesArgs,
    ShownPage,
)

bp = Blueprint("awards", __name__, description="积分奖励")

OVERSEERS = (Role.VILLAGE_ADMIN, Role.TOWN_ADMIN, Role.COUNTY_ADMIN, Role.AUDITOR)
READERS = (*OVERSEERS, Role.FINANCE)


@bp.get("")
@requires(Role.RESIDENT)
@bp.arguments(PageArgs, location="query")
@bp.response(200, AwardPage)
def awards(args: dict[str, Any]) -> dict[str, Any]:
    """The awards of the caller's household, newest first, also those of 0 points."""
    rows = queries.awards_of(caller().county_id, caller().household(), **args)
    return page(rows, args["limit"])


@bp.get("/area")
@requires(*READERS)
@bp.arguments(AreaAwardsArgs, location="query")
@bp.response(200, AreaAwardPage)
def area(args: dict[str, Any]) -> dict[str, Any]:
    """The awards of the caller's area, newest first; names are masked."""
    who = caller()
    found = queries.awards_in(who.county_id, who.places(*READERS), wanted(args))
    return page(found, args["limit"])


@bp.get("/in-notice")
@requires(Role.VISITOR)
@bp.arguments(NoticesArgs, location="query")
@bp.response(200, ShownPage)
def in_notice(args: dict[str, Any]) -> dict[str, Any]:
    """A village's awards that everybody may look at before they are paid; names are masked."""
    rows = queries.in_notice(caller().county_id, day=clock.day_of(clock.now()), **args)
    return page(rows, args["limit"])


@bp.get("/<uuid:award_id>")
@requires(Role.RESIDENT, *OVERSEERS)
@bp.response(200, ExplanationOut)
@bp.alt_response(404, schema=ErrorOut, description="Neither the caller's nor of their area")
def award(award_id: UUID) -> explanations.Answer:
    """Why an award is as it is: rule, policy, evidence, who decided, and how to object."""
    who = caller()
    found = queries.award_of(
        who.county_id,
        award_id,
        household_id=who.household_id,
        places=who.places(*OVERSEERS),
    )
    return explanations.answer(found, queries.policy(who.county_id, found.policy_version))
