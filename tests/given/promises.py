"""What the document promises, held against every answer that a test gets."""

import re
from collections.abc import Iterator
from typing import Any

from flask import Flask, Response, request

from operations.contract.outline import METHODS, document

ENGLISH = re.compile("[A-Za-z]{2}")
_promised: dict[str, set[str]] = {}


def keep_watch(app: Flask) -> None:
    """Fail whatever test gets a refusal whose code the document does not name."""

    @app.after_request
    def is_promised(response: Response) -> Response:
        if response.status_code >= 400 and response.is_json and request.endpoint:
            codes = promised(app).get(request.endpoint)
            code = response.get_json().get("code")
            assert codes is None or code in codes, f"{request.endpoint} does not say {code}"
            if code == "invalid_request":
                spoken = list(sentences(response.get_json()["details"]))
                assert not [text for text in spoken if ENGLISH.search(text)], spoken
        return response


def sentences(details: Any) -> Iterator[str]:
    """What a person reads of what is wrong, without the names of the fields."""
    if isinstance(details, str):
        yield details
        return
    for part in details.values() if isinstance(details, dict) else details:
        yield from sentences(part)


def promised(app: Flask) -> dict[str, set[str]]:
    """The codes of each operation."""
    if not _promised:
        for path in document(app)["paths"].values():
            for operation in (path[method] for method in METHODS if method in path):
                codes = (said.get("x-codes", ()) for said in operation["responses"].values())
                _promised[operation["operationId"]] = set().union(*codes)
    return _promised
