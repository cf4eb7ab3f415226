"""Uploads as a phone sends them."""

from io import BytesIO
from itertools import count
from uuid import uuid4

from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, stream_encode_multipart

from tests.given import pictures

_posted = count(1)


def upload(
    client, url: str, photo: bytes, *, key: str | None = None, name: str = "p.jpg", **fields: str
) -> TestResponse:
    """Send a photo with other fields as a multipart form.

    The form is put together in memory: for large ones, the test client would leave a temporary
    file open.
    """
    parts = fields | {"photo": FileStorage(BytesIO(photo), filename=name)}
    stream, length, boundary = stream_encode_multipart(parts, use_tempfile=False)
    return client.post(
        url,
        data=stream.read(length),
        content_type=f"multipart/form-data; boundary={boundary}",
        headers={"Idempotency-Key": key or uuid4().hex},
    )


def posted(client, photo: bytes | None = None) -> str:
    """Put a photo into the store past our servers, by default a new one; the ``upload_id``."""
    offer = client.post("/api/v1/photos/uploads", json={"content_type": "image/jpeg"})
    assert offer.status_code == 201, offer.json
    content = pictures.photo(900_000 + next(_posted)) if photo is None else photo
    form = offer.json["form"]["fields"] | {"file": FileStorage(BytesIO(content), filename="p.jpg")}
    stream, length, boundary = stream_encode_multipart(form, use_tempfile=False)
    sent = client.application.test_client().post(
        "/api/v1/photos/files",
        data=stream.read(length),
        content_type=f"multipart/form-data; boundary={boundary}",
    )
    assert sent.status_code == 204, sent.json
    return offer.json["id"]
