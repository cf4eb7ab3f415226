"""An inspector's week, and the results that they send."""

from datetime import UTC, date, datetime
from io import BytesIO
from itertools import count
from uuid import uuid4

from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import stream_encode_multipart

from tests.given import pictures

SUNDAY_EVENING = datetime(2026, 6, 7, 12, tzinfo=UTC)  # eight o'clock in China
WEEK = date(2026, 6, 8)
_pictures = count(5_000)


def record(client, visit_id, *, photos: int = 1, key: str | None = None, contents=None, **fields):
    """Send a result, by default of a visit at which all was well, with a photo of the door."""
    contents = contents or [pictures.photo(next(_pictures)) for _ in range(photos)]
    parts = MultiDict({"outcome": "seen"} | fields)
    for number, content in enumerate(contents):
        parts.add("photos", FileStorage(BytesIO(content), filename=f"{number}.jpg"))
    stream, length, boundary = stream_encode_multipart(parts, use_tempfile=False)
    return client.post(
        f"/api/v1/rounds/visits/{visit_id}/result",
        data=stream.read(length),
        content_type=f"multipart/form-data; boundary={boundary}",
        headers={"Idempotency-Key": key or uuid4().hex},
    )


def of_the_door() -> BytesIO:
    """A photo that nobody sent before, for the service itself."""
    return BytesIO(pictures.photo(next(_pictures)))


def reassign(client, visit_id, inspector_id, reason="原督查员请假"):
    return client.post(
        f"/api/v1/rounds/visits/{visit_id}/reassignment",
        json={"inspector_id": str(inspector_id), "reason": reason},
        headers={"Idempotency-Key": uuid4().hex},
    )
