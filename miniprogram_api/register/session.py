"""Signing in with WeChat, and out."""

from typing import Any

from flask import current_app
from flask_smorest import Blueprint

from app import outside
from app.kernel import clock
from app.kernel.db import transaction
from app.register.identity import service
from app.register.identity.roles import Role
from app.web.api import ErrorOut
from app.web.auth import bearer_token, public, requires
from miniprogram_api.register.session_bodies import SessionIn, SessionOut

bp = Blueprint("session", __name__, description="登录与退出")


@bp.post("")
@public
@bp.arguments(SessionIn)
@bp.response(201, SessionOut)
@bp.alt_response(401, schema=ErrorOut, description="The code is wrong, old or used")
@bp.alt_response(403, schema=ErrorOut, description="The user is blocked, here or by WeChat")
@bp.alt_response(409, schema=ErrorOut, description="The account is of another county")
@bp.alt_response(503, schema=ErrorOut, description="WeChat does not answer: get a new code")
def sign_in(body: dict[str, Any]) -> service.SignIn:
    """Sign in with the code of `wx.login()`; the first time makes the user."""
    openid = outside.wechat().session(body["code"]).openid  # no transaction waits for WeChat
    with transaction():
        return service.sign_in(
            appid=current_app.config["SETTINGS"].wechat_appid,
            openid=openid,
            county_id=body["county_id"],
            at=clock.now(),
        )


@bp.delete("")
@requires(Role.VISITOR)
@bp.response(204)
def sign_out() -> None:
    """End this token."""
    with transaction():
        service.sign_out(token=bearer_token() or "")
