"""What people are told, and the list of those who must be told in person."""

from typing import Any
from uuid import UUID

from flask import Response, render_template
from flask_smorest import Blueprint

from app.kernel import clock
from app.kernel.db import transaction
from app.kernel.lists import Wanted
from app.kernel.secrets import masked_name
from app.messages.delivery import queries, reading, service
from app.messages.delivery.errors import NoticeNotFound
from app.register.identity.roles import Role
from app.web.api import ErrorOut
from app.web.auth import caller, requires
from app.web.idempotency import idempotent
from app.web.paging import LIMIT_MAX, PageArgs, page, wanted
from miniprogram_api.messages.notices_bodies import (
    AgreementIn,
    NoticePage,
    NoticesArgs,
    OnBoardPage,
    ReadIn,
    TemplateListOut,
)

bp = Blueprint("notices", __name__, description="消息", template_folder="templates")


@bp.get("")
@requires(Role.VISITOR)
@bp.arguments(NoticesArgs, location="query")
@bp.response(200, NoticePage)
def notices(args: dict[str, Any]) -> dict[str, Any]:
    """What the caller is told, for their household and for their offices, newest first."""
    who = caller()
    rows = queries.readable(
        county_id=who.county_id,
        user_id=who.user_id,
        household_id=who.household_id,
        grants=who.grants,
        wanted=wanted(args),
        at=clock.now(),
    )
    return page(rows, args["limit"])


@bp.post("/read")
@requires(Role.VISITOR)
@bp.arguments(ReadIn)
@bp.response(204)
@bp.alt_response(404, schema=ErrorOut, description="Not told to the caller")
def read(body: dict[str, UUID]) -> None:
    """The caller has read this notice and all that are older."""
    who, at = caller(), clock.now()
    with transaction():
        told = queries.readable(
            county_id=who.county_id,
            user_id=who.user_id,
            household_id=who.household_id,
            grants=who.grants,
            wanted=Wanted(limit=1, only={"id": body["until"]}),
            at=at,
        )
        if not told:
            raise NoticeNotFound()
        reading.mark_read(user_id=who.user_id, until=body["until"], at=at)


@bp.get("/templates")
@requires(Role.VISITOR)
@bp.response(200, TemplateListOut)
def templates() -> dict[str, Any]:
    """The subscribe messages that a user may agree to."""
    return {"items": queries.templates()}


@bp.post("/agreements")
@requires(Role.VISITOR)
@idempotent
@bp.arguments(AgreementIn)
@bp.response(204)
def agree(body: dict[str, Any]) -> None:
    """The caller agreed to one more message of each of these templates."""
    service.add_credits(user_id=caller().user_id, **body)


@bp.get("/board")
@requires(*service.TELLERS)
@bp.arguments(PageArgs, location="query")
@bp.response(200, OnBoardPage)
def board(args: dict[str, Any]) -> dict[str, Any]:
    """Households of the caller's area whom no message reached, newest first."""
    who = caller()
    places = who.places(*service.TELLERS)
    rows = queries.on_board(county_id=who.county_id, user_id=who.user_id, places=places, **args)
    return page(rows, args["limit"])


@bp.get("/board/print")
@requires(*service.TELLERS)
@bp.response(200, {"type": "string"}, content_type="text/html")
def board_on_paper() -> Response:
    """The newest of the same households, to pin up: it says that there is news, not what."""
    who = caller()
    rows = queries.on_board(
        county_id=who.county_id,
        user_id=who.user_id,
        places=who.places(*service.TELLERS),
        before=None,
        limit=LIMIT_MAX,
    )
    shown = render_template(
        "notice_board.html",
        doors=sorted({(row.group, row.door_number, masked_name(row.head)) for row in rows}),
        today=clock.day_of(clock.now()),
    )
    policy = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}
    return Response(shown, content_type="text/html; charset=utf-8", headers=policy)


@bp.post("/<uuid:notice_id>/told")
@requires(*service.TELLERS)
@idempotent
@bp.response(204)
@bp.alt_response(404, schema=ErrorOut, description="Not on the caller's board")
@bp.alt_response(409, schema=ErrorOut, description="Somebody else told them")
def tell_in_person(notice_id: UUID) -> None:
    """The caller told the household."""
    service.tell_in_person(notice_id=notice_id, by=caller(), at=clock.now())
