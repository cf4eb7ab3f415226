"""Photos, and the contents that have been seen before."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import Model, Recorded


class PhotoState(StrEnum):
    RECEIVED = "received"  # the upload is stored as it came; nobody may see it
    READY = "ready"  # re-encoded without metadata; its household and its reviewers may see it
    REJECTED = "rejected"  # could not be decoded; nothing to see


class PhotoFault(StrEnum):
    """Why an upload is no photo."""

    NOT_AN_IMAGE = "not_an_image"
    DAMAGED = "damaged"
    TOO_MANY_PIXELS = "too_many_pixels"
    UNDECODABLE = "undecodable"  # the decoder died on it each time it was tried


class Variant(StrEnum):
    """The files of one photo."""

    ORIGINAL = "original"  # as uploaded; deleted once the photo is ready or rejected
    SHOWN = "shown"
    THUMB = "thumb"


def file_key(photo_id: UUID, variant: Variant) -> str:
    """The key of one of a photo's files in the photo store."""
    return f"{photo_id.hex}-{variant}"


class Photo(Recorded):
    """One uploaded photo of a household's sorting. Its files are found by its id."""

    __tablename__ = "photos"
    __table_args__ = (
        CheckConstraint("state IN ('received', 'ready', 'rejected')", name="state_is_known"),
        CheckConstraint("(state = 'rejected') = (fault IS NOT NULL)", name="rejected_says_why"),
        CheckConstraint(
            "(state = 'ready') = (perceptual_hash IS NOT NULL)", name="ready_was_measured"
        ),
        CheckConstraint("octet_length(sha256) = 32", name="sha256_is_whole"),
        # What the sweep looks for: not screened yet, or screened and the upload still there.
        Index(
            "ix_photos_original_kept",
            "received_at",
            postgresql_where=text("original_deleted_at IS NULL"),
        ),
    )

    household_id: Mapped[UUID] = mapped_column(ForeignKey("households.id"))  # whose waste it shows
    group_id: Mapped[UUID] = mapped_column(ForeignKey("regions.id"))  # decides which staff see it
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
    perceptual_hash: Mapped[int | None]  # 64 bits, as a signed number
    brightness: Mapped[int | None]  # mean grey value, 0 (black) to 255 (white)
    original_deleted_at: Mapped[datetime | None]

    def key(self, variant: Variant) -> str:
        """The key of one of its files in the photo store."""
        return file_key(self.id, variant)


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
