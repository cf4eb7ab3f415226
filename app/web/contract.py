"""What the marks of a view say to clients, written into its operation of the document.

A decorator that asks something of the caller leaves a mark on the view; from the mark, and from
nothing else, the document knows of it.
"""

from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal
from http import HTTPStatus
from typing import Any

from apispec import APISpec, BasePlugin
from flask import Flask
from flask_smorest.fields import Upload
from marshmallow import fields
from werkzeug.routing import Rule

from app.web.auth import PUBLIC
from app.web.idempotency import KEY_PATTERN
from app.web.query import UnknownParameters
from app.web.refusals import refusals_of

BINARY = {"type": "string", "format": "binary"}  # a file
KEY_PARAMETER = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": True,
    "schema": {"type": "string", "pattern": KEY_PATTERN},
    "description": (
        "Made by the client for each command, say a UUID, and sent again when the command is sent "
        "again because no answer came: it is then done once, and answered as the first time. "
        "A new command needs a new one."
    ),
}


class Marks(BasePlugin):
    """Adds to each operation what its view is marked with."""

    def __init__(self, app: Flask) -> None:
        super().__init__()
        self._app = app

    def init_spec(self, spec: APISpec) -> None:
        spec.components.parameter("IdempotencyKey", "header", KEY_PARAMETER)

    def operation_helper(
        self, path: str | None = None, operations: Any = None, **about: Any
    ) -> None:
        rule: Rule = about["rule"]
        view = self._app.view_functions[rule.endpoint]
        for operation in (operations or {}).values():
            operation["operationId"] = rule.endpoint
            if getattr(view, "allowed_roles", None) == PUBLIC:
                operation["security"] = []
            if getattr(view, "is_idempotent", False):
                operation.setdefault("parameters", []).append("IdempotencyKey")


def true_to_json(_converter: Any, field: fields.Field[Any], ret: dict[str, Any]) -> dict[str, Any]:
    """What JSON has no word for: exact numbers as bounds, a file, and nothing as a default.

    A default of null only says again that the field may be missing, and has generators of types
    demand it.
    """
    if ret.get("default", ...) is None:
        del ret["default"]
    if isinstance(field, Upload):
        return {"contentMediaType": "application/octet-stream"}
    bounds = {key: value for key, value in ret.items() if isinstance(value, Decimal)}
    return {key: float(value) for key, value in bounds.items()}


def with_codes(document: dict[str, Any], app: Flask, sentences: Mapping[int, str]) -> None:
    """Write into each answer that refuses its ``x-codes``, and what each of them means.

    ``components/x-codes`` has the status and the sentence of every code; ``{…}`` in a sentence
    stands for a number of ``details``. ``ErrorCode`` are the same codes, for typed clients.
    """
    meanings: dict[str, dict[str, Any]] = {}
    for path in document["paths"].values():
        for method, operation in path.items():
            if isinstance(operation, dict):
                endpoint: str = operation["operationId"]
                view = app.view_functions[endpoint]
                before = app.before_request_funcs.get(endpoint.partition(".")[0], ())
                can_refuse = refusals_of(view, *before)
                if not hasattr(view, "takes_any_query"):
                    can_refuse |= {UnknownParameters}
                meant = _common(method, operation, sentences) | {
                    one.code: {"status": one.status, "message": one.message} for one in can_refuse
                }
                meanings |= meant
                _say(operation["responses"], meant)
    components = document["components"]
    components["x-codes"] = dict(sorted(meanings.items()))
    components["schemas"]["ErrorCode"] = {"type": "string", "enum": sorted(meanings)}


def _common(
    method: str, operation: dict[str, Any], sentences: Mapping[int, str]
) -> dict[str, dict[str, Any]]:
    """What comes from below our views: a body that cannot be read, a server that is away."""
    common = {"internal": 500, "unavailable": 503, "http_400": 400}
    if method != "get":
        common |= {"http_413": 413}
    body = operation.get("requestBody")
    if body or operation.get("parameters"):
        common |= {"invalid_request": 422}
    return {code: {"status": at, "message": sentences[at]} for code, at in common.items()}


def _say(responses: dict[str, Any], meanings: Mapping[str, Mapping[str, Any]]) -> None:
    by_status = defaultdict(list)
    for code, meaning in sorted(meanings.items()):
        by_status[meaning["status"]].append(code)
    for status, codes in sorted(by_status.items()):
        said = responses.get(str(status), {})
        responses[str(status)] = {
            "description": said.get("description", HTTPStatus(status).phrase),
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/ErrorOut"}}},
            "x-codes": codes,
        }
