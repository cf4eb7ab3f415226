"""Taking back awards and redemptions, by two people."""

from typing import Any
from uuid import UUID

from flask_smorest import Blueprint

from app.kernel import clock
from app.register.identity.roles import Role
from app.web.api import ErrorOut
from app.web.auth import caller, requires, with_factor
from app.web.idempotency import idempotent
from app.web.paging import page, wanted
from mall.reversals import queries
from mall.reversals import service as reversals
from mall.reversals.models import Reversal
from miniprogram_api.mall.reversals_bodies import (
    ReversalIn,
    ReversalOut,
    ReversalPage,
    ReversalsArgs,
)

bp = Blueprint("reversals", __name__, description="撤销")

DECIDERS = tuple(sorted({role for roles in queries.DECIDERS.values() for role in roles}))


@bp.get("")
@requires(*DECIDERS, Role.AUDITOR)
@bp.arguments(ReversalsArgs, location="query")
@bp.response(200, ReversalPage)
def requests(args: dict[str, Any]) -> dict[str, Any]:
    """What was asked to be taken back in the caller's area, newest first."""
    return page(queries.reversals(caller(), wanted(args)), args["limit"])


@bp.post("")
@requires(*DECIDERS)
@idempotent
@bp.arguments(ReversalIn)
@bp.response(201, ReversalOut)
@bp.alt_response(403, schema=ErrorOut, description="The caller's own household")
@bp.alt_response(404, schema=ErrorOut, description="No such record in the caller's area")
@bp.alt_response(409, schema=ErrorOut, description="Asked already, or cannot be taken back")
def propose(body: dict[str, Any]) -> Reversal:
    """Ask to take back an award or a redemption. It moves when somebody else confirms."""
    return reversals.propose(by=caller(), at=clock.now(), **body)


@bp.post("/<uuid:reversal_id>/confirmation")
@requires(*DECIDERS)
@with_factor
@idempotent
@bp.response(200, ReversalOut)
@bp.alt_response(403, schema=ErrorOut, description="The caller asked for it, or their household")
@bp.alt_response(404, schema=ErrorOut, description="Not in the caller's area")
@bp.alt_response(409, schema=ErrorOut, description="Decided already, or the shop has too little")
def confirm(reversal_id: UUID) -> Reversal:
    """Take it back: the points move now."""
    return reversals.confirm(reversal_id=reversal_id, by=caller(), at=clock.now())


@bp.post("/<uuid:reversal_id>/refusal")
@requires(*DECIDERS)
@idempotent
@bp.response(200, ReversalOut)
@bp.alt_response(403, schema=ErrorOut, description="The caller asked for it, or their household")
@bp.alt_response(404, schema=ErrorOut, description="Not in the caller's area")
@bp.alt_response(409, schema=ErrorOut, description="Decided already")
def decline(reversal_id: UUID) -> Reversal:
    """Close the request without moving anything."""
    return reversals.decline(reversal_id=reversal_id, by=caller(), at=clock.now())
