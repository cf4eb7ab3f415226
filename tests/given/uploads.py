"""Uploads as a phone sends them."""

from io import BytesIO
from uuid import uuid4

from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, stream_encode_multipart


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
