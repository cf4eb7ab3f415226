"""The points of a household."""

from typing import Any
from uuid import UUID

from flask_smorest import Blueprint

from app.kernel import clock
from app.points import ledger
from app.points.awards import debts
from app.register.identity.roles import Role
from app.web.api import ErrorOut
from app.web.auth import caller, requires
from app.web.paging import PageArgs, page
from mall.reversals import queries as reversals
from miniprogram_api.mall.reversals_bodies import GivenReversalPage
from miniprogram_api.mall.serving import own_accounts
from miniprogram_api.points.points_bodies import PointsOut, PointsTransferPage, PointsTransfersArgs
from miniprogram_api.points.receipts_bodies import ReceiptOut
from overviews.residents import lines

bp = Blueprint("points", __name__, description="积分")


@bp.get("")
@requires(Role.RESIDENT)
@bp.response(200, PointsOut)
def points() -> dict[str, Any]:
    """What the caller's household can spend now, what expires next, and what it owes."""
    who = caller()
    buckets = ledger.household_buckets(
        who.county_id, who.household(), day=clock.day_of(clock.now())
    )
    return {
        "points": sum(bucket.available for bucket in buckets),
        "buckets": buckets,
        "expires_next": next((bucket for bucket in buckets if bucket.expires_on), None),
        "owed": debts.debt(who.county_id, who.household()),
    }


@bp.get("/reversals")
@requires(Role.RESIDENT)
@bp.arguments(PageArgs, location="query")
@bp.response(200, GivenReversalPage)
def taken_back(args: dict[str, Any]) -> dict[str, Any]:
    """What was taken back from the caller's household or given back to it, and why."""
    rows = reversals.household_reversals(caller().county_id, caller().household(), **args)
    return page(rows, args["limit"])


@bp.get("/transfers")
@requires(Role.RESIDENT)
@bp.arguments(PointsTransfersArgs, location="query")
@bp.response(200, PointsTransferPage)
def transfers(args: dict[str, Any]) -> dict[str, Any]:
    """Every movement of the household's points in words, newest first."""
    rows = lines.lines(caller().county_id, caller().household(), **args)
    return page(rows, args["limit"])


@bp.get("/transfers/<uuid:transfer_id>/receipt")
@requires(Role.RESIDENT, Role.CLERK, Role.MERCHANT)
@bp.response(200, ReceiptOut)
@bp.alt_response(404, schema=ErrorOut, description="Not a transfer of the caller")
@bp.alt_response(409, schema=ErrorOut, description="Not sealed yet: ask again later")
def receipt(transfer_id: UUID) -> dict[str, Any]:
    """Proof that a transfer lies under a signed seal; `flask ledger check-receipt` checks it."""
    return ledger.receipt(caller().county_id, transfer_id, own_accounts())
