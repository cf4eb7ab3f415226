"""Having the content of photos checked by WeChat before anybody sees them. Never fails open.

A question gets a trace id, the answer comes later as a push, or before we have written down the
trace id. Whoever comes second applies the verdict. No answer, or none that says "pass": asked
again a few times, then a person decides; the photo is not shown meanwhile.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import delete, func
from sqlalchemy.dialects.postgresql import insert

from app.kernel import audit
from app.kernel.db import db
from app.photos.errors import PhotoNotFound, PhotoNotWaiting
from app.photos.models import ContentCheck, Photo, PhotoFault, PhotoState, Verdict
from app.photos.service import locked_photo
from app.register.identity.queries import openid as openid_of

log = structlog.get_logger(__name__)

TRIES_MAX = 3
ANSWER_WITHIN = timedelta(minutes=40)  # WeChat promises thirty
LATE_AFTER = timedelta(hours=2)  # a photo that still waits then is told to the operator


def begin(*, county_id: int, photo_id: UUID, appid: str, at: datetime) -> str | None:
    """Count one more question about the photo; returns the openid to ask it with.

    None when there is nothing to ask: it is decided, or the answer may still come. A photo that
    outlived its tries, or whose sender has no WeChat account, waits for a person from now on.
    """
    photo = locked_photo(county_id, photo_id)
    if photo.state is not PhotoState.CHECKING or photo.check_overdue_since is not None:
        return None
    if photo.check_asked_at is not None and at < photo.check_asked_at + ANSWER_WITHIN:
        return None
    openid = openid_of(photo.uploaded_by, appid)
    if openid is None or photo.check_tries >= TRIES_MAX:
        _leave_to_a_person(photo, at)
        return None
    photo.check_tries += 1
    photo.check_asked_at = at
    return openid


def take_back(*, county_id: int, photo_id: UUID) -> None:
    """A question that did not reach WeChat says nothing about the photo."""
    photo = locked_photo(county_id, photo_id)
    photo.check_tries -= 1
    photo.check_asked_at = None


def record_question(*, trace_id: str, county_id: int, photo_id: UUID, at: datetime) -> None:
    """Write down under which trace id the photo was asked about; the answer may be here."""
    half = {"county_id": county_id, "photo_id": photo_id, "asked_at": at}
    _apply(_joined(trace_id, half), at)


def record_answer(
    *, trace_id: str, verdict: Verdict, label: int | None, at: datetime
) -> tuple[int, UUID] | None:
    """Write down WeChat's answer and apply it; returns county and id of the photo, once known.

    The first answer counts: a push that is repeated changes nothing.
    """
    check = _joined(trace_id, {"verdict": verdict, "label": label, "answered_at": at})
    _apply(check, at)
    if check.county_id is None or check.photo_id is None:
        return None
    return check.county_id, check.photo_id


def decide(*, county_id: int, photo_id: UUID, is_fit: bool, by: UUID | None, at: datetime) -> None:
    """A person has looked at a photo that no machine answered for: show it, or refuse it.

    Raises:
        PhotoNotFound: there is none.
        PhotoNotWaiting: its content is not waiting for a person.
    """
    if db.session.get(Photo, (county_id, photo_id)) is None:
        raise PhotoNotFound()
    photo = locked_photo(county_id, photo_id)
    if photo.check_overdue_since is None:
        raise PhotoNotWaiting()
    _settle(photo, is_fit=is_fit)
    audit.record(
        "photos.admit" if is_fit else "photos.refuse",
        county_id=county_id,
        actor_id=by,
        subject=("photo", photo_id),
        at=at,
    )


def forget_unmatched(before: datetime) -> None:
    """Delete answers to questions that were never ours."""
    db.session.execute(
        delete(ContentCheck).where(
            ContentCheck.photo_id.is_(None), ContentCheck.answered_at < before
        )
    )


def _joined(trace_id: str, half: dict[str, Any]) -> ContentCheck:
    """Add one half to what is known under the trace id; what is there already stays."""
    adding = insert(ContentCheck).values(trace_id=trace_id, **half)
    known = {
        name: func.coalesce(getattr(ContentCheck, name), adding.excluded[name]) for name in half
    }
    return db.session.scalars(
        adding.on_conflict_do_update(index_elements=["trace_id"], set_=known).returning(
            ContentCheck
        ),
        execution_options={"populate_existing": True},
    ).one()


def _apply(check: ContentCheck, at: datetime) -> None:
    if check.county_id is None or check.photo_id is None or check.verdict is None:
        return
    photo = locked_photo(check.county_id, check.photo_id)
    if check.verdict is Verdict.RISKY and photo.state is PhotoState.READY:
        _settle(photo, is_fit=False)  # of two answers the worse one counts, however late
    if photo.state is not PhotoState.CHECKING:
        return
    if check.verdict is Verdict.REVIEW:
        _leave_to_a_person(photo, at)
    elif check.verdict is Verdict.FAILED:
        photo.check_asked_at = None  # the sweep asks again, while there are tries left
    else:
        _settle(photo, is_fit=check.verdict is Verdict.PASSED)


def _settle(photo: Photo, *, is_fit: bool) -> None:
    photo.check_overdue_since = None
    if is_fit:
        photo.state = PhotoState.READY
    else:
        photo.state, photo.fault = PhotoState.REJECTED, PhotoFault.CONTENT_REFUSED
        log.warning("photos.content_refused", photo_id=str(photo.id))


def _leave_to_a_person(photo: Photo, at: datetime) -> None:
    photo.check_overdue_since = photo.check_overdue_since or at
    log.error("photos.check_overdue", photo_id=str(photo.id), tries=photo.check_tries)
