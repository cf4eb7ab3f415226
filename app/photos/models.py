"""Photos, and the contents that have been seen before."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import Model, Recorded


class PhotoState(StrEnum):
    RECEIVED = "received"  # the upload is stored as it came; nobody may see it
    CHECKING = "checking"  # re-encoded; nobody may see it before its content is checked
    READY = "ready"  # re-encoded without metadata; its household and its reviewers may see it
    REJECTED = "rejected"  # could not be decoded, or its content is refused; nothing to see


class PhotoFault(StrEnum):
    """Why an upload is no photo of ours."""

    NOT_AN_IMAGE = "not_an_image"
    DAMAGED = "damaged"
    TOO_MANY_PIXELS = "too_many_pixels"
    UNDECODABLE = "undecodable"  # the decoder died on it each time it was tried
    CONTENT_REFUSED = "content_refused"  # it shows what may not be shown


class Variant(StrEnum):
    """The files of one photo."""

    POSTED = "posted"  # put into the store by the phone itself; not looked at yet, and no photo
    ORIGINAL = "original"  # as uploaded; deleted once the photo is ready or rejected
    SHOWN = "shown"
    THUMB = "thumb"


def file_key(photo_id: UUID, variant: Variant) -> str:
    """The key of one of a photo's files in the photo store."""
    return f"{photo_id.hex}-{variant}"


class Photo(Recorded):
    """One uploaded photo of waste, mostly of a household's. Its files are found by its id."""

    __tablename__ = "photos"
    __table_args__ = (
        CheckConstraint(
            "state IN ('received', 'checking', 'ready', 'rejected')", name="state_is_known"
        ),
        CheckConstraint("(state = 'rejected') = (fault IS NOT NULL)", name="rejected_says_why"),
        CheckConstraint(
            "(state IN ('checking', 'ready') OR fault IS NOT DISTINCT FROM 'content_refused')"
            " = (brightness IS NOT NULL)",
            name="decoded_was_measured",
        ),
        CheckConstraint(
            "check_overdue_since IS NULL OR state = 'checking'", name="only_a_check_is_overdue"
        ),
        CheckConstraint(
            "files_deleted_at IS NULL OR expired_at IS NOT NULL",
            name="files_are_deleted_once_expired",
        ),
        CheckConstraint("octet_length(sha256) = 32", name="sha256_is_whole"),
        # What the sweep looks for: not screened yet, or screened and the upload still there.
        Index(
            "ix_photos_original_kept",
            "received_at",
            postgresql_where=text("original_deleted_at IS NULL"),
        ),
        Index("ix_photos_checking", "screened_at", postgresql_where=text("state = 'checking'")),
        Index(
            "ix_photos_files_kept",
            "county_id",
            "received_at",
            postgresql_where=text("files_deleted_at IS NULL"),
        ),
    )

    # Whose waste it shows; none: of a place where the waste of many comes together.
    household_id: Mapped[UUID | None] = mapped_column(ForeignKey("households.id"))
    # Decides which staff see it: the household's group, or where the place is.
    group_id: Mapped[UUID] = mapped_column(ForeignKey("regions.id"))
    uploaded_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    received_at: Mapped[datetime]
    upload_bytes: Mapped[int]
    sha256: Mapped[bytes] = mapped_column(LargeBinary)  # of the upload
    # The first photo in the county with the very same content, when this is not the first.
    repeats_id: Mapped[UUID | None]
    state: Mapped[PhotoState]
    fault: Mapped[PhotoFault | None]
    attempts: Mapped[int] = mapped_column(default=0)  # times the decoder was started on it
    screened_at: Mapped[datetime | None]
    width: Mapped[int | None]  # of what is shown, in pixels
    height: Mapped[int | None]
    brightness: Mapped[int | None]  # mean grey value, 0 (black) to 255 (white)
    original_deleted_at: Mapped[datetime | None]
    # How often WeChat was asked to look at it, and when last; none: it is to be asked.
    check_tries: Mapped[int] = mapped_column(default=0, server_default="0")
    check_asked_at: Mapped[datetime | None]
    # Since when no machine will say more about it: a person must decide.
    check_overdue_since: Mapped[datetime | None]
    expired_at: Mapped[datetime | None]  # old enough to go: nobody sees it from here on
    files_deleted_at: Mapped[datetime | None]

    def key(self, variant: Variant) -> str:
        """The key of one of its files in the photo store."""
        return file_key(self.id, variant)


class Verdict(StrEnum):
    """What WeChat says of a photo's content."""

    PASSED = "pass"
    RISKY = "risky"
    REVIEW = "review"  # it does not know: a person must look
    FAILED = "failed"  # it could not fetch or read the photo


class ContentCheck(Model):
    """One question to WeChat about a photo, and its answer, by WeChat's trace id.

    Answer and question arrive in either order: each side writes its half, and the primary key
    makes them take turns, so that the second finds the first.
    """

    __tablename__ = "content_checks"
    __table_args__ = (
        ForeignKeyConstraint(["county_id", "photo_id"], ["photos.county_id", "photos.id"]),
        CheckConstraint(
            "(photo_id IS NULL) = (county_id IS NULL) AND (photo_id IS NULL) = (asked_at IS NULL)",
            name="question_is_whole",
        ),
        CheckConstraint("(verdict IS NULL) = (answered_at IS NULL)", name="answer_is_whole"),
        CheckConstraint("photo_id IS NOT NULL OR verdict IS NOT NULL", name="is_not_empty"),
        CheckConstraint(
            "verdict IN ('pass', 'risky', 'review', 'failed')", name="verdict_is_known"
        ),
        Index("ix_content_checks_photo", "county_id", "photo_id"),
        Index(
            "ix_content_checks_unmatched",
            "answered_at",
            postgresql_where=text("photo_id IS NULL"),
        ),
    )

    trace_id: Mapped[str] = mapped_column(primary_key=True)
    county_id: Mapped[int | None]
    photo_id: Mapped[UUID | None]
    asked_at: Mapped[datetime | None]
    verdict: Mapped[Verdict | None]
    label: Mapped[int | None]  # WeChat's number for what it saw: 100 normal, 20002 porn, …
    answered_at: Mapped[datetime | None]


class PhotoUpload(Recorded):
    """Leave for one user to put one photo into the store by themselves; used once."""

    __tablename__ = "photo_uploads"
    __table_args__ = (
        CheckConstraint(
            "(photo_id IS NULL) = (upload_bytes IS NULL) AND (photo_id IS NULL) = (sha256 IS NULL)",
            name="arrival_is_whole",
        ),
        CheckConstraint("used_at IS NULL OR photo_id IS NOT NULL", name="used_has_arrived"),
        Index("ix_photo_uploads_offered_at", "offered_at"),
        Index("ix_photo_uploads_user", "user_id", "offered_at"),
    )

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    offered_at: Mapped[datetime]
    expires_at: Mapped[datetime]  # a photo that has not been used by then is refused
    # Once it was fetched and looked at: the photo to be, its size and its SHA-256.
    photo_id: Mapped[UUID | None]
    upload_bytes: Mapped[int | None]
    sha256: Mapped[bytes | None] = mapped_column(LargeBinary)
    used_at: Mapped[datetime | None]


class PhotoContent(Model):
    """A content that was uploaded once; a second photo with it is an exact repeat.

    A table of its own, because its primary key makes two uploads at the same moment take turns,
    and because it outlives the photos.
    """

    __tablename__ = "photo_contents"

    county_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sha256: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    photo_id: Mapped[UUID]
    first_seen_at: Mapped[datetime]
