"""Judging what is disputed: photos that were escalated, judged differently, or appealed."""

from typing import Any
from uuid import UUID

from flask_smorest import Blueprint

from app.kernel import clock
from app.kernel.db import transaction
from app.sorting.self_checks import judging, leasing
from app.sorting.self_checks.models import Review
from app.web.api import ErrorOut
from app.web.auth import caller, requires
from app.web.idempotency import idempotent
from miniprogram_api.sorting.reviews_bodies import LeasedRulingsOut, ReviewOut, RulingIn

bp = Blueprint("rulings", __name__, description="再审")


@bp.post("/next")
@requires(*leasing.RECHECKERS)
@bp.response(200, LeasedRulingsOut)
def next_ones() -> dict[str, Any]:
    """The disputed photos that the caller judges now, the oldest of their areas.

    Repeat it to get the same ones again, renewed and filled up. Load the later photos ahead.
    """
    with transaction():
        items = leasing.lease(stages=leasing.DISPUTES, by=caller(), at=clock.now())
    return {"items": items}


@bp.delete("/leases")
@requires(*leasing.RECHECKERS)
@bp.response(204)
def release() -> None:
    """Give back what the caller holds, for others to judge."""
    with transaction():
        leasing.release(stages=leasing.DISPUTES, by=caller())


@bp.post("/<uuid:review_id>/verdict")
@requires(*leasing.RECHECKERS)
@idempotent
@bp.arguments(RulingIn)
@bp.response(200, ReviewOut)
@bp.alt_response(403, schema=ErrorOut, description="The caller's own household, or related")
@bp.alt_response(404, schema=ErrorOut, description="Not in the caller's areas")
@bp.alt_response(409, schema=ErrorOut, description="Judged, or somebody else holds it")
def give_verdict(body: dict[str, Any], review_id: UUID) -> Review:
    """Decide; when it overturns what was decided before, the points follow."""
    return judging.give_verdict(
        review_id=review_id,
        stages=leasing.DISPUTES,
        opinion=judging.Opinion(**body),
        by=caller(),
        at=clock.now(),
    )
