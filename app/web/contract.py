"""What the marks of a view say to clients, written into its operation of the document.

A decorator that asks something of the caller leaves a mark on the view; from the mark, and from
nothing else, the document knows of it.
"""

from decimal import Decimal
from typing import Any

from apispec import APISpec, BasePlugin
from flask import Flask
from flask_smorest.fields import Upload
from marshmallow import fields
from werkzeug.routing import Rule

from app.web.auth import PUBLIC
from app.web.idempotency import KEY_PATTERN

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
    """What JSON has no word for: exact numbers as bounds, and a file that is not there."""
    if isinstance(field, Upload):
        ret.pop("default", None)
        return {"contentMediaType": "application/octet-stream"}
    bounds = {key: value for key, value in ret.items() if isinstance(value, Decimal)}
    return {key: float(value) for key, value in bounds.items()}
