"""Signing in at a computer: password, second factor, sessions."""

from typing import Any
from uuid import UUID

from flask import request
from flask_smorest import Blueprint

from app.kernel import clock
from app.kernel.db import transaction
from app.kernel.tries import Brake
from app.register.identity.roles import Role
from app.register.identity.staff import accounts, factors, sessions
from app.register.identity.staff.errors import SignInsTooMany, StaffWrong
from app.register.regions import queries as regions
from app.web.api import ErrorOut
from app.web.auth import at_computer_of, caller, public, requires
from miniprogram_api.register.staff_bodies import (
    FactorIn,
    LinkOut,
    NewFactorOut,
    PasswordByLinkIn,
    PasswordIn,
    SessionsOut,
    StaffSessionIn,
    StaffSessionOut,
)

bp = Blueprint("staff", __name__, description="电脑端登录")
TRIES = Brake("staff.sign_in", 20, SignInsTooMany, None)  # the account's own lock counts besides


@bp.post("/session")
@public
@bp.arguments(StaffSessionIn)
@bp.response(201, StaffSessionOut)
@bp.alt_response(401, schema=ErrorOut, description="Wrong, locked or closed: nobody is told which")
@bp.alt_response(429, schema=ErrorOut, description="Too many tries from this network")
def sign_in(body: dict[str, Any]) -> sessions.Opened:
    """Sign in with login and password; `needs` says whether a code must follow."""
    desk = _desk()
    TRIES.begin(desk.network)
    with transaction():
        county = regions.named_or_only_county(body.pop("county_id"))
        opened = sessions.sign_in(county_id=county.id, desk=desk, at=clock.now(), **body)
    if opened is None:
        raise StaffWrong()
    return opened


@bp.post("/session/factor")
@requires(Role.VISITOR)
@bp.arguments(FactorIn)
@bp.response(201, StaffSessionOut)
@bp.alt_response(401, schema=ErrorOut, description="The code is wrong, used or the account locked")
@bp.alt_response(403, schema=ErrorOut, description="The caller is not at a computer")
def give_factor(body: dict[str, Any]) -> sessions.Opened:
    """Give the six digits, or a recovery code; the session goes on under a new token."""
    session = at_computer_of(caller())
    with transaction():
        opened = sessions.give_factor(
            user_id=caller().user_id,
            session_id=session.session_id,
            desk=_desk(),
            at=clock.now(),
            **body,
        )
    if opened is None:
        raise StaffWrong()
    return opened


@bp.delete("/session")
@requires(Role.VISITOR)
@bp.response(204)
@bp.alt_response(403, schema=ErrorOut, description="The caller is not at a computer")
def sign_out() -> None:
    """End this session."""
    session = at_computer_of(caller())
    with transaction():
        sessions.end(user_id=caller().user_id, session_id=session.session_id)


@bp.post("/factor")
@requires(Role.VISITOR)
@bp.response(201, NewFactorOut)
@bp.alt_response(403, schema=ErrorOut, description="The caller is not at a computer")
@bp.alt_response(409, schema=ErrorOut, description="There is a factor")
def set_up_factor() -> factors.NewFactor:
    """A new second factor and ten recovery codes, shown once; its first code makes it count."""
    who = caller()
    at_computer_of(who)
    with transaction():
        account = sessions.lock_account(who.user_id)
        return factors.set_up(user_id=who.user_id, login=account.login)


@bp.get("/sessions")
@requires(Role.VISITOR)
@bp.response(200, SessionsOut)
def own_sessions() -> dict[str, Any]:
    """The caller's own sessions at computers."""
    return {"items": sessions.sessions_of(caller().user_id, at=clock.now())}


@bp.delete("/sessions")
@requires(Role.VISITOR)
@bp.response(204)
def end_everywhere() -> None:
    """End all of the caller's sessions at computers, this one too."""
    with transaction():
        sessions.end_everywhere(user_id=caller().user_id)


@bp.delete("/sessions/<uuid:session_id>")
@requires(Role.VISITOR)
@bp.response(204)
def end_session(session_id: UUID) -> None:
    """End one of the caller's own sessions; of another's nothing happens."""
    with transaction():
        sessions.end(user_id=caller().user_id, session_id=session_id)


@bp.post("/link")
@requires(Role.VISITOR)
@bp.response(201, LinkOut)
@bp.alt_response(404, schema=ErrorOut, description="Nobody made an account for the caller")
@bp.alt_response(409, schema=ErrorOut, description="There is a password, or the account is closed")
def give_link() -> accounts.Link:
    """A link to set the password by, good for 20 minutes: for the caller's own phone."""
    with transaction():
        return accounts.give_link(user_id=caller().user_id, at=clock.now())


@bp.post("/password")
@public
@bp.arguments(PasswordByLinkIn)
@bp.response(204)
@bp.alt_response(403, schema=ErrorOut, description="The link was used or is too old")
@bp.alt_response(422, schema=ErrorOut, description="The password is too weak")
def set_password(body: dict[str, Any]) -> None:
    """Set the password by a link."""
    with transaction():
        accounts.set_password(at=clock.now(), **body)


@bp.put("/password")
@requires(Role.VISITOR)
@bp.arguments(PasswordIn)
@bp.response(204)
@bp.alt_response(401, schema=ErrorOut, description="The old password is wrong")
@bp.alt_response(403, schema=ErrorOut, description="The caller is not at a computer")
@bp.alt_response(422, schema=ErrorOut, description="The password is too weak")
def change_password(body: dict[str, Any]) -> None:
    """Change one's own password; all sessions at computers end."""
    at_computer_of(caller())
    TRIES.begin(caller().user_id)
    with transaction():
        accounts.change_password(user_id=caller().user_id, at=clock.now(), **body)


def _desk() -> sessions.Desk:
    return sessions.Desk(
        agent=request.headers.get("User-Agent", ""), network=request.remote_addr or ""
    )
