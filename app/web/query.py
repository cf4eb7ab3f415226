"""What a request may ask for in its address: what the view names, and nothing else.

A parameter that nobody reads would be passed over in silence, and a list come back whole that
was meant to be filtered. So it is refused, for every view, before the view runs.
"""

from functools import cache

from flask import Flask, current_app, request
from marshmallow import Schema

from app.kernel.errors import Invalid
from app.web.auth import View

SHOWN_MAX = 3
NAME_LENGTH_MAX = 40


class UnknownParameters(Invalid):
    code = "unknown_parameters"
    message = "不认识的参数：{names}。请升级小程序后重试"


def init_app(app: Flask) -> None:
    app.before_request(refuse_unknown_parameters)


def any_query(view: View) -> View:
    """Let the view take whatever parameters come: its callers are not ours to teach."""
    view.takes_any_query = True  # type: ignore[attr-defined]
    return view


def refuse_unknown_parameters() -> None:
    """Refuse parameters that the view does not name.

    Raises:
        UnknownParameters: with the first few of them.
    """
    view = current_app.view_functions.get(request.endpoint or "")
    is_ours = hasattr(view, "allowed_roles") and not hasattr(view, "takes_any_query")
    if view is None or not is_ours:
        return
    unknown = [name for name in request.args if name not in _named(view)]
    if unknown:
        raise UnknownParameters(
            names="、".join(name[:NAME_LENGTH_MAX] for name in unknown[:SHOWN_MAX])
        )


@cache
def _named(view: View) -> frozenset[str]:
    """The parameters that the schemas of a view name, as the document has them."""
    given = getattr(view, "_apidoc", {}).get("arguments", {}).get("parameters", ())
    schemas: list[type[Schema]] = [one["schema"] for one in given if one.get("in") == "query"]
    return frozenset(
        field.data_key or name for schema in schemas for name, field in schema().load_fields.items()
    )
