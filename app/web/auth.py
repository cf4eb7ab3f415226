"""Who calls, and which roles a view admits.

Every view is marked with ``@requires(...)`` or, openly, ``@public``; a test reads the mark.
Put it above ``@bp.arguments``, so that a stranger is refused before the body is read.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, TypeVar

from flask import Flask, g, request

from app.kernel import audit, clock
from app.kernel.db import transaction
from app.kernel.errors import Unauthenticated
from app.kernel.secrets import token_digest
from app.register.households import callers
from app.register.identity import service
from app.register.identity.caller import AtComputer, Caller
from app.register.identity.refusing import NotForThem
from app.register.identity.roles import Role
from app.register.identity.staff import sessions
from app.register.identity.staff.errors import FactorNeeded, MoneyLater, NotAtAComputer

View = TypeVar("View", bound=Callable[..., Any])
PUBLIC = "public"
FACTOR_HOLDS = timedelta(minutes=10)


def init_app(app: Flask) -> None:
    app.before_request(load_caller)


def load_caller() -> None:
    """Look up who calls, afresh for every request: one question, or none without a token.

    A token that is invalid, expired or revoked is simply nobody; a view that needs somebody
    says so. Once a day the token of a caller is given a new month.
    """
    token = bearer_token()
    if token is None or request.routing_exception is not None:
        return  # what is not there is not there for anybody
    at, digest = clock.now(), token_digest(token)
    if token.startswith(sessions.PREFIX):
        _load_from_computer(digest, at)
        return
    found = callers.signed_in(digest, at)
    if found is None:
        return
    if service.is_extension_due(found.expires_at, at):
        with transaction():
            service.extend_session(digest=digest, at=at)
    g.caller = found.caller


def _load_from_computer(digest: bytes, at: datetime) -> None:
    found = callers.at_computer(digest, at)
    if found is None:
        return
    session = at_computer_of(found.caller)
    with transaction():
        sessions.see(session_id=session.session_id, at=at)
    g.caller = found.caller


def at_computer_of(who: Caller) -> AtComputer:
    """By which session at a computer somebody calls. Raises NotAtAComputer."""
    if who.at_computer is None:
        raise NotAtAComputer()
    return who.at_computer


def with_factor(view: View) -> View:
    """Ask whoever sits at a computer for the second factor again, before money or power moves.

    It is asked of none who calls from their own phone: WeChat knows them since they unlocked it.
    Put it below ``@requires``.
    """

    @wraps(view)
    def asked(*args: Any, **kwargs: Any) -> Any:
        session, at = caller().at_computer, clock.now()
        if session is not None:
            if session.factor_at is None or session.factor_at <= at - FACTOR_HOLDS:
                raise FactorNeeded()
            if session.money_from is not None and at < session.money_from:
                raise MoneyLater()
        return view(*args, **kwargs)

    return asked  # type: ignore[return-value]


def requires(*roles: Role) -> Callable[[View], View]:
    """Let only people with one of these roles call the view; it can then read ``caller()``."""
    assert roles, "name the roles, or mark the view @public"

    def decorate(view: View) -> View:
        @wraps(view)
        def checked(*args: Any, **kwargs: Any) -> Any:
            if not caller().may(roles):
                raise NotForThem(caller(), roles)
            audit.act_as(caller().acting_as(roles))
            return view(*args, **kwargs)

        checked.allowed_roles = roles  # type: ignore[attr-defined]
        return checked  # type: ignore[return-value]

    return decorate


def public(view: View) -> View:
    """Let anybody call the view, signed in or not."""
    view.allowed_roles = PUBLIC  # type: ignore[attr-defined]
    return view


def caller() -> Caller:
    """The caller. Raises Unauthenticated when nobody is signed in."""
    found: Caller | None = g.get("caller")
    if found is None:
        raise Unauthenticated()
    return found


def bearer_token() -> str | None:
    """The token of the request, if it carries one."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token.strip() else None
