"""Requests that bring files: one form with the files and, if wanted, fields beside them."""

from collections.abc import Callable
from typing import Any

from flask_smorest import Blueprint
from marshmallow import Schema, fields

from app.web.auth import View


def multipart(
    bp: Blueprint, *, files: type[Schema], form: type[Schema] | None = None
) -> Callable[[View], View]:
    """Hand the view the fields of the form, if it has any, and then its files.

    Put it where ``@bp.arguments`` would stand. To the document it is one ``multipart/form-data``
    body, which is what a client sends; the parser takes fields and files apart.
    """
    whole = files if form is None else type(form.__name__, (form, files), {})
    body = {"required": True, "content": {"multipart/form-data": {"schema": whole}}}

    def decorate(view: View) -> View:
        taken: Any = bp.ARGUMENTS_PARSER.use_args(files, location="files")(view)
        if form is not None:
            taken = bp.ARGUMENTS_PARSER.use_args(form, location="form")(taken)
        return bp.doc(requestBody=body)(taken)  # type: ignore[no-any-return]

    return decorate


class Several(fields.List[Any]):
    """A list in a form: the field again and again, or once, separated by commas.

    `wx.uploadFile` cannot send a field twice.
    """

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> list[Any]:
        parts = [part for text in value if text for part in text.split(",")]
        return super()._deserialize(parts, *args, **kwargs)
