"""The OpenAPI document in short: a line for what a client may rely on, a file for each wing.

The whole document is built when it is needed. What is committed is this outline: a change of the
contract shows in it as the few lines that it is, and two branches seldom meet in one of them.
"""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from flask import Flask
from flask_smorest.spec.plugins import FlaskPlugin

HEAD = "# Written by `make openapi`: what clients may rely on. `?` may be missing.\n"
CODES_HEAD = "# Written by `make openapi`: code, status and sentence of each refusal.\n"
# Of nearly every operation, so not repeated: the document itself says where.
EVERYWHERE = {
    "forbidden",
    "http_400",
    "http_413",
    "idempotency.key_missing",
    "idempotency.answer_gone",
    "idempotency.key_reused",
    "internal",
    "invalid_request",
    "unauthenticated",
    "unavailable",
    "unknown_parameters",
}
METHODS = ("get", "post", "put", "patch", "delete")
_PREFIX = "#/components/"
_BOUNDS = (("minimum", "maximum"), ("minLength", "maxLength"), ("minItems", "maxItems"))

Document = dict[str, Any]


def document(app: Flask) -> Document:
    """The OpenAPI document of the mini-program's API."""
    api = app.extensions["flask-smorest"]["apis"][""]["ext_obj"]
    return dict(api.document)


def outlines(app: Flask) -> dict[str, str]:
    """The outline of each wing, by the wing's name."""
    whole, wings = document(app), _wings(app)
    paths: dict[str, list[str]] = defaultdict(list)
    for path in sorted(whole["paths"]):
        paths[wings[path]].append(path)
    shown = {wing: _outline(whole, its_paths) for wing, its_paths in paths.items()}
    return shown | {"codes": _codes(whole["components"]["x-codes"])}


def _codes(meanings: Document) -> str:
    """Every code of a refusal, with its status and what a person reads."""
    lines = [f"{code} {said['status']} {said['message']}" for code, said in meanings.items()]
    return "\n".join([CODES_HEAD, *lines, ""])


def _wings(app: Flask) -> dict[str, str]:
    """The wing of each path: the folder in which its view stands."""
    wings = {}
    for rule in app.url_map.iter_rules():
        blueprint = app.blueprints.get(rule.endpoint.partition(".")[0])
        folders = blueprint.import_name.split(".") if blueprint else ()
        if folders and folders[0] == "miniprogram_api":
            wings[FlaskPlugin.flaskpath2openapi(rule.rule)] = folders[1]
    return wings


def _outline(whole: Document, paths: list[str]) -> str:
    blocks, names = [HEAD], set[str]()
    for path in paths:
        for method in METHODS:
            if operation := whole["paths"][path].get(method):
                blocks.append("\n".join(_operation(whole, method, path, operation)) + "\n")
                names |= _named(operation)
    for name in sorted(_reached(whole, names)):
        blocks.append("\n".join(_schema(name, whole["components"]["schemas"][name])) + "\n")
    return "\n".join(blocks)


def _operation(whole: Document, method: str, path: str, operation: Document) -> Iterator[str]:
    yield f"{method.upper()} {path}"
    yield f"  {operation['summary']}"
    for parameter in operation.get("parameters", ()):
        found = _looked_up(whole, parameter)
        mark = "" if found.get("required") else "?"
        yield f"  {found['in']} {found['name']}{mark}: {_type(found['schema'])}"
    if body := operation.get("requestBody"):
        yield f"  body {_content(body)}"
    for status, response in sorted(operation["responses"].items(), key=lambda item: str(item[0])):
        found = _looked_up(whole, response)
        if str(status).startswith(("2", "3")):
            yield f"  {status} {_content(found)}".rstrip()
        elif codes := [code for code in found.get("x-codes", ()) if code not in EVERYWHERE]:
            yield f"  {status} {', '.join(codes)}"


def _content(body: Document) -> str:
    """The media type, unless it is JSON, and the type of what is sent."""
    shown = []
    for media, content in body.get("content", {}).items():
        kind = "" if media == "application/json" else f"{media} "
        shown.append(kind + (_type(content["schema"]) if "schema" in content else ""))
    return " | ".join(shown)


def _schema(name: str, schema: Document) -> Iterator[str]:
    if "properties" not in schema:
        yield f"{name} = {_type(schema)}"
        return
    yield name
    needed = schema.get("required", ())
    for field, its in schema["properties"].items():
        yield f"  {field}{'' if field in needed else '?'}: {_type(its)}"


def _type(schema: Document) -> str:
    """A schema in one line, much as TypeScript would write it."""
    default = f" = {schema['default']}" if schema.get("default") is not None else ""
    return _bare(schema) + default


def _bare(schema: Document) -> str:
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    for key, joint in (("anyOf", " | "), ("oneOf", " | "), ("allOf", " & ")):
        if key in schema:
            return joint.join(_bare(part) for part in schema[key])
    if "enum" in schema:
        return " | ".join(str(value) if value is not None else "null" for value in schema["enum"])
    if "const" in schema:
        return str(schema["const"])
    types = schema.get("type", "any")
    words = [_word(word, schema) for word in ([types] if isinstance(types, str) else types)]
    return " | ".join(words) + _bounds(schema)


def _word(word: str, schema: Document) -> str:
    if word == "array":
        return f"[{_type(schema.get('items', {}))}]"
    if word == "object" and isinstance(schema.get("additionalProperties"), dict):
        return f"{{string: {_type(schema['additionalProperties'])}}}"
    if word == "string":
        return str(schema.get("format", "string"))
    return word


def _bounds(schema: Document) -> str:
    found = [
        f" {schema.get(least, '')}..{schema.get(most, '')}"
        for least, most in _BOUNDS
        if least in schema or most in schema
    ]
    pattern = f" /{schema['pattern']}/" if "pattern" in schema else ""
    return "".join(found) + pattern


def _looked_up(whole: Document, part: Document) -> Document:
    if "$ref" not in part:
        return part
    found: Any = whole
    for step in part["$ref"].removeprefix("#/").split("/"):
        found = found[step]
    return dict(found)


def _named(part: Any) -> set[str]:
    """The schemas that a part of the document names, without that of errors: it is everywhere."""
    if isinstance(part, list):
        return set[str]().union(*map(_named, part))
    if not isinstance(part, dict):
        return set()
    name = part.get("$ref")
    if isinstance(name, str) and name.startswith(f"{_PREFIX}schemas/"):
        return {name.rpartition("/")[2]} - {"ErrorOut"}
    return set[str]().union(*map(_named, part.values()))


def _reached(whole: Document, names: set[str]) -> set[str]:
    """The names, and all that their schemas name in turn."""
    reached, fresh = set[str](), names
    while fresh:
        reached |= fresh
        named = (_named(whole["components"]["schemas"][name]) for name in fresh)
        fresh = set[str]().union(*named) - reached
    return reached
