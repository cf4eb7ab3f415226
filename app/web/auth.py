"""Who calls, and which roles a view admits.

Every view is marked with ``@requires(...)`` or, openly, ``@public``; a test reads the mark.
Put it above ``@bp.arguments``, so that a stranger is refused before the body is read.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from flask import g, request

from app.identity.roles import Actor, Role
from app.kernel.errors import Forbidden, Unauthenticated

View = TypeVar("View", bound=Callable[..., Any])
PUBLIC = "public"


def requires(*roles: Role) -> Callable[[View], View]:
    """Let only people with one of these roles call the view; it can then read ``actor()``."""
    assert roles, "name the roles, or mark the view @public"

    def decorate(view: View) -> View:
        @wraps(view)
        def checked(*args: Any, **kwargs: Any) -> Any:
            if not actor().may(roles):
                raise Forbidden()
            return view(*args, **kwargs)

        checked.allowed_roles = roles  # type: ignore[attr-defined]
        return checked  # type: ignore[return-value]

    return decorate


def public(view: View) -> View:
    """Let anybody call the view, signed in or not."""
    view.allowed_roles = PUBLIC  # type: ignore[attr-defined]
    return view


def actor() -> Actor:
    """The caller. Raises Unauthenticated when nobody is signed in."""
    found: Actor | None = g.get("actor")
    if found is None:
        raise Unauthenticated()
    return found


def bearer_token() -> str | None:
    """The token of the request, if it carries one."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token.strip() else None
