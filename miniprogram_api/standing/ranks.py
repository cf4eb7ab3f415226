"""Places among neighbours, where the county has them: one's own, and who won."""

from typing import Any

from flask_smorest import Blueprint

from app.kernel import clock
from app.kernel.lists import Wanted
from app.register.identity.roles import Role
from app.standing.ranks import showing
from app.web.auth import caller, requires
from app.web.paging import PageArgs, page, wanted
from miniprogram_api.standing.ranks_bodies import BoardPage, BoardsArgs, OwnRankOut

bp = Blueprint("ranks", __name__, description="排名、光荣榜")


@bp.get("/own")
@requires(Role.RESIDENT)
@bp.arguments(PageArgs, location="query")
@bp.response(200, OwnRankOut)
def own(args: dict[str, Any]) -> dict[str, Any]:
    """How the caller's household stands this month, and the places that it won, newest first."""
    who = caller()
    won = showing.won(who.county_id, who.household(), Wanted(**args))
    return {
        "running": showing.running(who.county_id, who.household(), at=clock.now()),
        "won": page(won, args["limit"]),
    }


@bp.get("/boards")
@requires(Role.RESIDENT)
@bp.arguments(BoardsArgs, location="query")
@bp.response(200, BoardPage)
def boards(args: dict[str, Any]) -> dict[str, Any]:
    """Who won in the caller's group and village, newest first: places and masked names."""
    who = caller()
    return page(showing.boards(who.county_id, who.household(), wanted(args)), args["limit"])
