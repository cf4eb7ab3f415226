"""Judging photos, one after another."""

from typing import Any
from uuid import UUID

from flask_smorest import Blueprint

from app.agreements.choices import propose_settings
from app.agreements.proposals.queries import ShownProposal, shown
from app.kernel import clock
from app.kernel.db import transaction
from app.register.identity.roles import Role
from app.sorting.self_checks import earlier, judging, leasing, settings
from app.sorting.self_checks.models import Review
from app.web.api import ErrorOut
from app.web.auth import caller, requires
from app.web.idempotency import idempotent
from miniprogram_api.agreements.proposals_bodies import ProposalOut
from miniprogram_api.sorting.reviews_bodies import (
    EarlierPhotosOut,
    LeasedReviewsOut,
    ReviewIn,
    ReviewOut,
    ReviewSettingsIn,
    WaitingListOut,
)

bp = Blueprint("reviews", __name__, description="审核")
LOOKERS = (Role.REVIEWER, Role.AUDITOR, *leasing.RECHECKERS)


@bp.post("/next")
@requires(Role.REVIEWER)
@bp.response(200, LeasedReviewsOut)
def next_ones() -> dict[str, Any]:
    """The photos that the caller judges now, the oldest of their areas.

    Repeat it to get the same ones again, renewed and filled up. Load the later photos ahead.
    """
    with transaction():
        items = leasing.lease(stages=leasing.OPINIONS, by=caller(), at=clock.now())
    return {"items": items}


@bp.delete("/leases")
@requires(Role.REVIEWER)
@bp.response(204)
def release() -> None:
    """Give back what the caller holds, for others to judge."""
    with transaction():
        leasing.release(stages=leasing.OPINIONS, by=caller())


@bp.post("/<uuid:review_id>/verdict")
@requires(Role.REVIEWER)
@idempotent
@bp.arguments(ReviewIn)
@bp.response(200, ReviewOut)
@bp.alt_response(403, schema=ErrorOut, description="The caller's own household, or related")
@bp.alt_response(404, schema=ErrorOut, description="Not in the caller's areas")
@bp.alt_response(409, schema=ErrorOut, description="Judged, held by another, or nobody looked yet")
def give_verdict(body: dict[str, Any], review_id: UUID) -> Review:
    """Approve a photo, which awards points; reject it for a reason; or leave it to others."""
    return judging.give_verdict(
        review_id=review_id,
        stages=leasing.OPINIONS,
        opinion=judging.Opinion(**body),
        by=caller(),
        at=clock.now(),
    )


@bp.get("/<uuid:review_id>/earlier-photos")
@requires(Role.REVIEWER)
@bp.response(200, EarlierPhotosOut)
@bp.alt_response(404, schema=ErrorOut, description="Not held by the caller")
def earlier_photos(review_id: UUID) -> dict[str, Any]:
    """What the household sent before, unnamed, when the judge asks for it; the trace has it."""
    with transaction():
        found = earlier.earlier_photos(
            review_id=review_id, stages=leasing.OPINIONS, by=caller(), at=clock.now()
        )
    return {"items": found}


@bp.get("/waiting")
@requires(*LOOKERS)
@bp.response(200, WaitingListOut)
def waiting() -> dict[str, Any]:
    """How much waits for the caller to judge, and since when, by round; for auditors, all."""
    return {"items": leasing.waiting(by=caller(), at=clock.now())}


@bp.get("/settings")
@requires(*LOOKERS)
@bp.response(200, ReviewSettingsIn)
def review_settings() -> settings.ReviewSettings:
    """How the county has photos judged."""
    return settings.settings_of(caller().county_id)


@bp.put("/settings")
@requires(Role.COUNTY_ADMIN)
@bp.arguments(ReviewSettingsIn)
@bp.response(202, ProposalOut)
@bp.alt_response(409, schema=ErrorOut, description="Proposed by another already")
@bp.alt_response(422, schema=ErrorOut, description="Beyond its bounds, or nothing differs")
def set_settings(body: dict[str, int]) -> ShownProposal:
    """Propose to have photos judged by these numbers, a day after another agreed."""
    who, chosen = caller(), settings.ReviewSettings(**body)
    with transaction():
        return shown(propose_settings(settings.CHANGE, chosen, by=who, at=clock.now()), who)
