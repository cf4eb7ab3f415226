"""Somebody's phone: what the mini-program sends, without a network between."""

from io import BytesIO
from typing import Any
from uuid import uuid4

from flask import Flask
from werkzeug.datastructures import FileStorage
from werkzeug.test import stream_encode_multipart


class PastBroken(Exception):
    """The product refused something that the past says it took; the message says what."""


class Phone:
    """One person's phone. Every command carries a key of its own."""

    def __init__(self, app: Flask, name: str, token: str) -> None:
        self.name = name
        self._client = app.test_client()
        self._head = {"Authorization": f"Bearer {token}"}

    def get(self, path: str, **query: Any) -> Any:
        answer = self._client.get(f"/api/v1/{path}", query_string=query, headers=self._head)
        return self._told("GET", path, answer)

    def items(self, path: str, **query: Any) -> list[Any]:
        """The first page of a list."""
        found: list[Any] = self.get(path, **{"limit": 100, **query})["items"]
        return found

    def post(self, path: str, body: Any = None, *, method: str = "POST") -> Any:
        answer = self._client.open(
            f"/api/v1/{path}", method=method, json=body, headers=self._command()
        )
        return self._told(method, path, answer)

    def put(self, path: str, body: Any) -> Any:
        return self.post(path, body, method="PUT")

    def send(self, path: str, files: dict[str, bytes], **fields: Any) -> Any:
        """A form with files, by the names of their fields."""
        parts: dict[str, Any] = {k: v for k, v in fields.items() if v is not None}
        parts |= {name: FileStorage(BytesIO(file), name) for name, file in files.items()}
        stream, length, boundary = stream_encode_multipart(parts, use_tempfile=False)
        answer = self._client.post(
            f"/api/v1/{path}",
            data=stream.read(length),
            content_type=f"multipart/form-data; boundary={boundary}",
            headers=self._command(),
        )
        return self._told("POST", path, answer)

    def _command(self) -> dict[str, str]:
        return self._head | {"Idempotency-Key": uuid4().hex}

    def _told(self, method: str, path: str, answer: Any) -> Any:
        if answer.status_code >= 400:
            raise PastBroken(f"{self.name} {method} {path}: {answer.status_code} {answer.text}")
        return answer.json if answer.is_json and answer.data else answer.data
