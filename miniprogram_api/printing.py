"""Pages to print."""

from typing import Any

from flask import Response, render_template

from app.kernel import clock
from app.kernel.units import yuan_text


def print_page(template: str, **values: Any) -> Response:
    """The page; in it ``yuan`` writes an amount in fen, and ``local`` an instant in China."""
    page = render_template(
        template,
        yuan=yuan_text,
        local=lambda at: at.astimezone(clock.CALENDAR).strftime("%Y-%m-%d %H:%M"),
        **values,
    )
    # Nothing in it runs or is fetched, whatever a shop is called.
    policy = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}
    return Response(page, content_type="text/html; charset=utf-8", headers=policy)
