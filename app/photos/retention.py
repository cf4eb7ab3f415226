"""Photos. Their files have a sweep of their own, which waits for open matters (``expiring``)."""

from app.kernel.retention import YEAR, Kept, deleted, plain

KEPT = (
    Kept(
        "photos",
        "the picture itself: a file",
        "evidence",
        otherwise={"sha256": "stays, so that a photo is not sent twice; files: photo_months"},
    ),
    Kept("photo_contents", plain=plain("sha256")),
    Kept(
        "content_checks",
        "what WeChat thought of a picture",
        "nothing unlawful is shown",
        (deleted(after="asked_at", months=YEAR), deleted(after="answered_at", months=YEAR)),
    ),
    Kept(
        "photo_uploads",
        "leave to upload",
        "uploading",
        otherwise={"sha256": "a day, by a sweep of its own"},
    ),
)
