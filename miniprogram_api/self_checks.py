"""Photos of one's own sorting, and their review."""

from typing import Any
from uuid import UUID

from flask_smorest import Blueprint

from app.identity.roles import Role
from app.kernel import clock
from app.sorting import findings, queries, service
from app.web.api import ErrorOut
from app.web.auth import actor, requires
from app.web.idempotency import idempotent
from app.web.paging import PageArgs, page
from miniprogram_api.schemas.self_checks import (
    PhotoUpload,
    QueueArgs,
    QueuePage,
    ReviewIn,
    SelfCheckOut,
    SelfCheckPage,
)

bp = Blueprint("self_checks", __name__, description="自查")


@bp.post("")
@requires(Role.RESIDENT)
@idempotent
@bp.arguments(PhotoUpload, location="files")
@bp.response(201, SelfCheckOut)
@bp.alt_response(413, schema=ErrorOut, description="More than 10 MB")
@bp.alt_response(415, schema=ErrorOut, description="Not a JPEG, PNG or WebP")
@bp.alt_response(422, schema=ErrorOut, description="No photo, or an empty one")
@bp.alt_response(503, schema=ErrorOut, description="The photo store is full or away")
def submit(files: dict[str, Any]) -> queries.SelfCheckAndAward:
    """Send a photo of the household's sorting; a reviewer will judge it."""
    who = actor()
    submitted = service.submit(
        county_id=who.county_id,
        household_id=who.household(),
        user_id=who.user_id,
        content=files["photo"].stream,
        at=clock.now(),
    )
    return queries.with_award(submitted)


@bp.get("")
@requires(Role.RESIDENT)
@bp.arguments(PageArgs, location="query")
@bp.response(200, SelfCheckPage)
def self_checks(args: dict[str, Any]) -> dict[str, Any]:
    """The self-checks of the caller's household, newest first."""
    rows = queries.own_self_checks(
        county_id=actor().county_id, household_id=actor().household(), **args
    )
    return page(queries.with_awards(rows), args["limit"])


@bp.get("/<uuid:self_check_id>")
@requires(Role.RESIDENT)
@bp.response(200, SelfCheckOut)
@bp.alt_response(404, schema=ErrorOut, description="None of the caller's household")
def self_check(self_check_id: UUID) -> queries.SelfCheckAndAward:
    """One self-check of the caller's household."""
    found = queries.own_self_check(
        county_id=actor().county_id, household_id=actor().household(), self_check_id=self_check_id
    )
    return queries.with_award(found)


@bp.get("/queue")
@requires(Role.REVIEWER)
@bp.arguments(QueueArgs, location="query")
@bp.response(200, QueuePage)
def queue(args: dict[str, Any]) -> dict[str, Any]:
    """What waits for a verdict in the reviewer's areas, oldest first, but not their own."""
    who = actor()
    rows = queries.review_queue(
        county_id=who.county_id,
        places=who.places(Role.REVIEWER),
        not_household_id=who.household_id,
        **args,
    )
    queued = findings.queued(rows, county_id=who.county_id, places=who.places(Role.REVIEWER))
    return page(queued, args["limit"])


@bp.post("/<uuid:self_check_id>/review")
@requires(Role.REVIEWER)
@idempotent
@bp.arguments(ReviewIn)
@bp.response(200, SelfCheckOut)
@bp.alt_response(403, schema=ErrorOut, description="The reviewer's own household")
@bp.alt_response(404, schema=ErrorOut, description="Not in the reviewer's areas")
@bp.alt_response(409, schema=ErrorOut, description="Judged by somebody else, or not screened yet")
def review(body: dict[str, Any], self_check_id: UUID) -> queries.SelfCheckAndAward:
    """Approve a photo, which awards points, or reject it for a reason."""
    who = actor()
    judged = service.review(
        county_id=who.county_id,
        self_check_id=self_check_id,
        reviewer=service.Reviewer(who.user_id, who.places(Role.REVIEWER), who.household_id),
        reject_reason=body["reason"],
        at=clock.now(),
    )
    return queries.with_award(judged)
