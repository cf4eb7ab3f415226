"""What is compared of a photo, and what its upload told."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Integer, LargeBinary, Numeric
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import Model


class Fingerprint(Model):
    """What a photo is recognised by. It outlives the photo's files, as ``photo_contents`` does."""

    __tablename__ = "fingerprints"
    __table_args__ = (
        CheckConstraint("cardinality(marks) BETWEEN 1 AND 48", name="has_marks"),
        CheckConstraint("octet_length(points) >= 14 * cardinality(marks)", name="points_are_whole"),
        CheckConstraint("octet_length(picture) = 1024", name="picture_is_whole"),
    )

    county_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    photo_id: Mapped[UUID] = mapped_column(primary_key=True)
    household_id: Mapped[UUID | None]
    group_id: Mapped[UUID]  # decides which staff may see the photo
    received_at: Mapped[datetime]
    frame_width: Mapped[int] = mapped_column(Integer)  # in which the points lie, in pixels
    frame_height: Mapped[int] = mapped_column(Integer)
    marks: Mapped[list[int]] = mapped_column(ARRAY(Integer))  # those of the points, each once
    points: Mapped[bytes] = mapped_column(LargeBinary)  # of screening.marks.POINT
    picture: Mapped[bytes] = mapped_column(LargeBinary)  # the whole photo, grey, 32 x 32


class FingerprintMark(Model):
    """A mark of a photo, by which it is looked up: the primary key is the index that finds it.

    Rows rather than an index on the array, because a look-up asks for 1,500 marks at once: for
    so many PostgreSQL takes the array's index to be of no use and reads the whole table.
    """

    __tablename__ = "fingerprint_marks"

    county_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    mark: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    photo_id: Mapped[UUID] = mapped_column(primary_key=True)


class PhotoMeasures(Model):
    """What an upload told about its making, before its metadata were thrown away."""

    __tablename__ = "photo_measures"
    __table_args__ = (
        CheckConstraint("(latitude IS NULL) = (longitude IS NULL)", name="place_is_whole"),
        CheckConstraint(
            "latitude BETWEEN -90 AND 90 AND longitude BETWEEN -180 AND 180",
            name="place_is_on_earth",
        ),
        Index("ix_photo_measures_household", "county_id", "household_id", "received_at"),
        Index("ix_photo_measures_received_at", "received_at"),
    )

    county_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    photo_id: Mapped[UUID] = mapped_column(primary_key=True)
    household_id: Mapped[UUID | None]
    received_at: Mapped[datetime]
    form: Mapped[str]  # of the upload: JPEG, PNG, WEBP or AVIF
    upload_width: Mapped[int] = mapped_column(Integer)
    upload_height: Mapped[int] = mapped_column(Integer)
    has_camera: Mapped[bool]  # whether it carried what only a camera writes
    taken_at: Mapped[datetime | None]  # by the camera's clock
    latitude: Mapped[Decimal | None] = mapped_column(Numeric(6, 3))  # GCJ-02; about 100 m
    longitude: Mapped[Decimal | None] = mapped_column(Numeric(6, 3))
    sharpness: Mapped[int] = mapped_column(Integer)  # how steep its edges are
    flat_percent: Mapped[int] = mapped_column(Integer)  # share of it in which there is nothing
