"""The URL map, and what requests bring."""

from collections.abc import Iterator, Mapping
from typing import Any

from flask import Flask
from marshmallow import Schema, fields

# Served by libraries, and meant for everybody: the API's own description, and static files.
FROM_LIBRARIES = {"static", "api-docs.openapi_json", "swagger_ui.show"}


def address(app: Flask, endpoint: str, values: Mapping[str, Any]) -> str:
    """The path under which the endpoint is asked for these."""
    return app.url_map.bind("fen.test").build(endpoint, dict(values))


def method(app: Flask, endpoint: str) -> str:
    """The one method that the endpoint answers to."""
    (rule,) = app.url_map.iter_rules(endpoint)
    return next(iter((rule.methods or set()) - {"HEAD", "OPTIONS"}))


def request_fields(app: Flask) -> Iterator[tuple[str, fields.Field]]:
    """Every field that a request of the API can bring, with its name and its schema's."""
    seen: set[type[Schema]] = set()
    for view in app.view_functions.values():
        for schema in request_schemas(view).values():
            yield from _fields(schema, seen)


def request_schemas(view) -> dict[str, Schema]:
    """What a view reads, by where it stands: ``query``, ``json``, ``path`` or ``form``."""
    about = getattr(view, "_apidoc", {})  # APIFRAGILE: of flask-smorest
    found = {
        parameter["in"]: _made(parameter["schema"])
        for parameter in about.get("arguments", {}).get("parameters", ())
    }
    body = about.get("manual_doc", {}).get("requestBody", {})
    for content in body.get("content", {}).values():
        if not isinstance(content["schema"], dict):  # of a store: its own fields, and a file
            found["form"] = _made(content["schema"])
    return found


def _made(schema: Schema | type[Schema]) -> Schema:
    return schema() if isinstance(schema, type) else schema


def _fields(schema: Schema, seen: set[type[Schema]]) -> Iterator[tuple[str, fields.Field]]:
    if type(schema) in seen:
        return
    seen.add(type(schema))
    for name, field in schema.fields.items():
        yield from _with_inner(f"{type(schema).__name__}.{name}", field, seen)


def _with_inner(name: str, field: fields.Field, seen) -> Iterator[tuple[str, fields.Field]]:
    yield name, field
    if isinstance(field, fields.Nested):
        yield from _fields(field.schema, seen)
    elif isinstance(field, fields.List):
        yield from _with_inner(f"{name}[]", field.inner, seen)
    elif isinstance(field, fields.Dict) and field.key_field is not None:
        yield from _with_inner(f"{name} keys", field.key_field, seen)
