"""Where requests come in: what no column and no log could hold goes no further.

JSON bodies, forms and addresses are looked through once here, before any schema, so that no field
has to be asked about NUL, half characters or numbers without end.
"""

from collections.abc import Iterator
from typing import Any

from flask import Flask, Request, request
from marshmallow import Schema, ValidationError
from webargs import core
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import BadRequest

from app.kernel import foreign_json
from app.kernel.foreign_json import NotJson, NotKeepable, is_keepable

ODD = "里面有存不下的字符或数字，请删掉后重新填写"


def init_app(app: Flask) -> None:
    app.before_request(_look_through)


def read_strictly() -> None:
    """Let every view read its arguments through here. Done once, before any view is made."""
    from flask_smorest import Blueprint  # has schemas, which take their sentences when imported

    Blueprint.ARGUMENTS_PARSER = _Parser()


class _Parser(FlaskParser):
    def _raw_load_json(self, req: Request) -> Any:
        if not req.is_json:
            return core.missing
        try:
            return foreign_json.read(req.get_data(cache=True))
        except NotKeepable as error:
            raise ValidationError({error.field or "_schema": [ODD]}) from None
        except NotJson:
            raise BadRequest() from None

    def load_form(self, req: Request, schema: Schema) -> Any:
        odd = {name: [ODD] for name, value in req.form.items(multi=True) if not is_keepable(value)}
        if odd:
            raise ValidationError(odd)
        return super().load_form(req, schema)


def _look_through() -> None:
    """Refuse an address that no text can hold, and have a broken body refused when it is read."""
    try:
        parts = [request.query_string.decode(), request.path, *request.args, *_values()]
    except UnicodeDecodeError:
        raise BadRequest() from None
    if not all(is_keepable(part) for part in parts):
        raise BadRequest()
    request.environ["wsgi.input"] = _Body(request.environ["wsgi.input"])


def _values() -> Iterator[str]:
    for values in request.args.listvalues():
        yield from values


class _Body:
    """The body of a request; when it breaks off or its chunks are no chunks, the sender is told."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def read(self, *size: int) -> Any:
        return self._whole(self._stream.read, *size)

    def readline(self, *size: int) -> Any:
        return self._whole(self._stream.readline, *size)

    def readlines(self, *size: int) -> Any:
        return self._whole(self._stream.readlines, *size)

    def _whole(self, read: Any, *size: int) -> Any:
        try:
            return read(*size)
        except Exception:  # an edge: each server raises its own kind
            raise BadRequest() from None
