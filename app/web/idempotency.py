"""Commands that may be repeated: the same Idempotency-Key answers as the first time.

``@idempotent`` opens the view's transaction and writes the answer in it, so that an answer is
kept exactly when the command took effect. A refusal rolls back and leaves the key free. Of two
requests with one key at once, the second waits on the row of the first.
"""

import re
from collections.abc import Callable, Iterable
from functools import wraps
from hashlib import sha256
from typing import Any
from uuid import UUID

from flask import Response, make_response, request
from sqlalchemy import bindparam, select, update
from sqlalchemy.dialects.postgresql import insert
from werkzeug.datastructures import FileStorage

from app.kernel import clock
from app.kernel.db import db, transaction
from app.kernel.errors import Conflict, DomainError
from app.kernel.secrets import vault
from app.web.auth import View, caller
from app.web.models import IdempotentAnswer

KEY_PATTERN = "^[!-~]{8,100}$"  # what can be seen of ASCII
_PIECE_BYTES = 1 << 20

_CLAIM = (
    insert(IdempotentAnswer)
    .values(
        user_id=bindparam("whose"),
        key=bindparam("named"),
        request_digest=bindparam("asked"),
        created_at=bindparam("now"),
    )
    .on_conflict_do_nothing()
    .returning(IdempotentAnswer.key)
)
_OF_THE_KEY = (
    IdempotentAnswer.user_id == bindparam("whose"),
    IdempotentAnswer.key == bindparam("named"),
)
_KEPT = select(
    IdempotentAnswer.request_digest, IdempotentAnswer.status, IdempotentAnswer.body
).where(*_OF_THE_KEY)
_KEEP = (
    update(IdempotentAnswer)
    .where(*_OF_THE_KEY)
    .values(status=bindparam("answered"), body=bindparam("said"))
)


class KeyMissing(DomainError):
    code = "idempotency.key_missing"
    message = "请求缺少 Idempotency-Key，请升级小程序后重试"


class AnswerGone(Conflict):
    """It was answered more than a week ago, and the answer is kept no longer; nothing is done."""

    code = "idempotency.answer_gone"
    message = "这件事早就办过了，请到记录里查看结果"


class KeyReused(Conflict):
    code = "idempotency.key_reused"
    message = "这个操作编号已用于另一笔业务，请重新发起"


def idempotent(view: View) -> View:
    """Open a transaction for the view, and do its work once for each Idempotency-Key.

    Put it below ``@requires`` and above ``@bp.arguments`` and ``@bp.response``.
    """

    @wraps(view)
    def answered_once(*args: Any, **kwargs: Any) -> Response:
        key, digest, user_id = _key(), _request_digest(), caller().user_id
        with transaction():
            first = _first_answer(user_id, key, digest)
            if first is not None:
                return first
            response = make_response(view(*args, **kwargs))
            _keep(user_id, key, response)
        return response

    answered_once.is_idempotent = True  # type: ignore[attr-defined]
    return answered_once  # type: ignore[return-value]


def _key() -> str:
    key = request.headers.get("Idempotency-Key", "")
    if not re.fullmatch(KEY_PATTERN, key):
        raise KeyMissing()
    return key


def _first_answer(user_id: UUID, key: str, digest: bytes) -> Response | None:
    """Claim the key, or return the answer that the first request with it got."""
    connection = db.session.connection()
    key_of = {"whose": user_id, "named": key}
    claim = {**key_of, "asked": digest, "now": clock.now()}
    if connection.execute(_CLAIM, claim).one_or_none() is not None:
        return None
    kept = connection.execute(_KEPT, key_of).one()
    if kept.request_digest != digest:
        raise KeyReused()
    if kept.body is None:
        raise AnswerGone()
    return Response(kept.body, status=kept.status, content_type="application/json")


def _keep(user_id: UUID, key: str, response: Response) -> None:
    answer = {"answered": response.status_code, "said": response.get_data()}
    db.session.connection().execute(_KEEP, {"whose": user_id, "named": key, **answer})


def _request_digest() -> bytes:
    """What was asked: method, path and content, under a key.

    Without the key, whoever reads the table could try all PINs that a body may have held.

    A form is read field by field, because the boundary between its parts changes with each
    attempt of the same upload.
    """
    digest = sha256(f"{request.method} {request.full_path}\n".encode())
    if request.mimetype == "multipart/form-data":
        for name, value in sorted(request.form.items(multi=True)):
            digest.update(f"{name}={value}\n".encode())
        for name, file in sorted(request.files.items(multi=True), key=lambda item: item[0]):
            digest.update(f"{name}=".encode() + _file_digest(file))
    else:
        digest.update(request.get_data(cache=True))
    return vault().digest(digest.hexdigest(), "request")


def _file_digest(file: FileStorage) -> bytes:
    digest = sha256()
    for piece in _pieces(lambda: file.stream.read(_PIECE_BYTES)):
        digest.update(piece)
    file.stream.seek(0)
    return digest.digest()


def _pieces(read: Callable[[], bytes]) -> Iterable[bytes]:
    while piece := read():
        yield piece
