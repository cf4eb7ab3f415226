"""Photos of one's own sorting."""

from typing import Any
from uuid import UUID

from flask_smorest import Blueprint

from app.kernel import clock
from app.kernel.lists import Listed
from app.register.cards.helping import check_helped
from app.register.identity.roles import Role
from app.sorting.self_checks import appeals, queries, service
from app.sorting.self_checks.models import Appeal
from app.web.api import ErrorOut
from app.web.auth import caller, requires
from app.web.idempotency import idempotent
from app.web.multipart import multipart
from app.web.paging import page, wanted
from miniprogram_api.photos.photo_uploads import photo_sent, uploads_fetched
from miniprogram_api.sorting.appeals_bodies import AppealIn, AppealOut
from miniprogram_api.sorting.self_checks_bodies import (
    PhotoUpload,
    SelfCheckForm,
    SelfCheckOut,
    SelfCheckPage,
    SelfChecksArgs,
)

bp = Blueprint("self_checks", __name__, description="自查")


@bp.post("")
@requires(Role.RESIDENT)
@uploads_fetched
@idempotent
@multipart(bp, files=PhotoUpload, form=SelfCheckForm)
@bp.response(201, SelfCheckOut)
@bp.alt_response(404, schema=ErrorOut, description="No such upload, or no household to help")
@bp.alt_response(409, schema=ErrorOut, description="The upload was used before, or is too old")
@bp.alt_response(413, schema=ErrorOut, description="More than 10 MB")
@bp.alt_response(415, schema=ErrorOut, description="Not a JPEG, PNG, WebP or AVIF")
@bp.alt_response(422, schema=ErrorOut, description="No photo, or an empty one")
@bp.alt_response(503, schema=ErrorOut, description="The photo store is full or away")
def submit(form: dict[str, Any], files: dict[str, Any]) -> queries.SelfCheckAndAward:
    """Send a photo of the household's sorting; a reviewer will judge it.

    A liaison sends it for those who have no phone. It is theirs as if they had sent it themselves,
    and says who did.
    """
    who, helped = caller(), form["household_id"]
    if helped is not None and helped != who.household_id:
        check_helped(who.county_id, helped, liaison_id=who.member())
    submitted = service.submit(
        county_id=who.county_id,
        household_id=helped or who.household(),
        user_id=who.user_id,
        content=photo_sent(files, form["upload_id"]),
        at=clock.now(),
    )
    return queries.with_award(submitted)


@bp.get("")
@requires(Role.RESIDENT)
@bp.arguments(SelfChecksArgs, location="query")
@bp.response(200, SelfCheckPage)
def self_checks(args: dict[str, Any]) -> dict[str, Any]:
    """The self-checks of the caller's household, newest first."""
    rows = queries.own_self_checks(caller().county_id, caller().household(), wanted(args))
    return page(Listed(queries.with_awards(rows), rows.total), args["limit"])


@bp.get("/<uuid:self_check_id>")
@requires(Role.RESIDENT)
@bp.response(200, SelfCheckOut)
@bp.alt_response(404, schema=ErrorOut, description="None of the caller's household")
def self_check(self_check_id: UUID) -> queries.SelfCheckAndAward:
    """One self-check of the caller's household."""
    found = queries.own_self_check(
        county_id=caller().county_id, household_id=caller().household(), self_check_id=self_check_id
    )
    return queries.with_award(found)


@bp.post("/<uuid:self_check_id>/appeal")
@requires(Role.RESIDENT)
@idempotent
@bp.arguments(AppealIn)
@bp.response(201, AppealOut)
@bp.alt_response(404, schema=ErrorOut, description="None of the caller's household")
@bp.alt_response(409, schema=ErrorOut, description="Not rejected, asked before, or too late")
def appeal(body: dict[str, Any], self_check_id: UUID) -> Appeal:
    """Ask for another look at a rejected photo, once; somebody else judges it."""
    who = caller()
    return appeals.appeal(
        county_id=who.county_id,
        household_id=who.household(),
        self_check_id=self_check_id,
        user_id=who.user_id,
        sentence=body["sentence"],
        at=clock.now(),
    )
