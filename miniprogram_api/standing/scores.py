"""What findings have left of the household's base."""

from typing import Any

from flask_smorest import Blueprint

from app.kernel import clock
from app.register.identity.roles import Role
from app.standing.scores import queries, service
from app.web.auth import caller, requires
from app.web.paging import PageArgs, page
from miniprogram_api.standing.scores_bodies import CurrentOut, ScorePage

bp = Blueprint("scores", __name__, description="底分")


@bp.get("")
@requires(Role.RESIDENT)
@bp.arguments(PageArgs, location="query")
@bp.response(200, ScorePage)
def scores(args: dict[str, Any]) -> dict[str, Any]:
    """The periods of the caller's household that are over, newest first."""
    return page(queries.scores_of(caller().county_id, caller().household(), **args), args["limit"])


@bp.get("/current")
@requires(Role.RESIDENT)
@bp.response(200, CurrentOut)
def current() -> dict[str, Any]:
    """How the caller's household stands in the period that runs."""
    who = caller()
    return {
        "standing": service.standing(
            county_id=who.county_id, household_id=who.household(), at=clock.now()
        )
    }
