"""What the document promises, held against every answer that a test gets."""

import json
import os
import re
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

from flask import Flask, Response, request

from app.config import ROOT
from operations.contract.outline import METHODS, document
from tests.given.kept import folder, forget_old

ENGLISH = re.compile("[A-Za-z]{2}")
# What the document is made from.
SOURCES = ("app", "mall", "miniprogram_api", "operations")


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


_promised: dict[str, set[str]] = {}


def promised(app: Flask) -> dict[str, set[str]]:
    """The codes of each operation. Found in seconds, they are kept for the next session."""
    if not _promised:
        kept = folder() / f"promised-{_version()}.json"
        if not kept.exists():
            draft = folder() / f"draft-{os.getpid()}.json"
            draft.write_text(json.dumps(_found(app)))
            draft.rename(kept)  # other processes find all of it, or none
            forget_old("promised-*.json")
        for operation, codes in json.loads(kept.read_text()).items():
            _promised[operation] = set(codes)
    return _promised


def _version() -> str:
    digest = sha256()
    for path in sorted(path for part in SOURCES for path in (ROOT / part).rglob("*.py")):
        digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes())
    digest.update((ROOT / "requirements.txt").read_bytes())
    return digest.hexdigest()[:32]


def _found(app: Flask) -> dict[str, list[str]]:
    promises = {}
    for path in document(app)["paths"].values():
        for operation in (path[method] for method in METHODS if method in path):
            codes = (said.get("x-codes", ()) for said in operation["responses"].values())
            promises[operation["operationId"]] = sorted(set().union(*codes))
    return promises
