"""Public pictures of goods: decoded like any upload, kept under names of their own.

A picture is decoded while its sender waits, outside any transaction: shop staff add a few a week,
and see at once whether it worked. Files are written before the row; what no row speaks of is
deleted by a sweep.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from io import BytesIO
from typing import BinaryIO
from uuid import UUID

from sqlalchemy import func, select

from app import outside
from app.kernel import audit
from app.kernel.db import db
from app.kernel.ids import uuid7
from app.photos import pictures
from app.photos.screening import Refused
from mall.catalogue.errors import PhotoNotFound, PhotoRefused, TooManyPhotos
from mall.catalogue.goods import locked_goods
from mall.catalogue.models import Goods, GoodsPhoto

PHOTOS_MAX = 6


class Size(StrEnum):
    SHOWN = "shown"  # sides of at most 1600 px
    THUMB = "thumb"  # of at most 320 px


# What they are called in the photo store: apart from the photos that are nobody's to see.
VARIANTS = {Size.SHOWN: "goods", Size.THUMB: "goodsthumb"}


@dataclass(frozen=True)
class Picture:
    """A decoded picture whose files are in the store and that has no row yet."""

    id: UUID
    sha256: bytes


def take_in(content: BinaryIO, *, at: datetime) -> Picture:
    """Decode an upload and keep what may be shown; call it outside any transaction.

    Raises:
        PhotoEmpty, PhotoTooLarge, NotAPhoto, PhotoRefused: it is no picture.
        StoreFull, StoreAway, Unavailable: nothing was kept; another try may succeed.
    """
    outcome, digest = pictures.decoded(content)
    if isinstance(outcome, Refused):
        raise PhotoRefused()
    picture = Picture(uuid7(at), digest)
    store = outside.photos()
    store.put(file_key(picture.id, Size.SHOWN), BytesIO(outcome.shown))
    store.put(file_key(picture.id, Size.THUMB), BytesIO(outcome.thumb))
    return picture


def add_photo(*, goods: Goods, picture: Picture, by: UUID, at: datetime) -> GoodsPhoto:
    """Show a picture with the goods; the same upload a second time is the first one.

    Raises:
        GoodsWithdrawn: they are gone for good.
        TooManyPhotos: they have as many as they may.
    """
    locked_goods(goods.county_id, goods.id, None)
    of_goods = select(GoodsPhoto).where(GoodsPhoto.goods_id == goods.id)
    same = db.session.scalar(of_goods.where(GoodsPhoto.sha256 == picture.sha256))
    if same is not None:
        return same
    count = select(func.count()).where(GoodsPhoto.goods_id == goods.id)
    if db.session.scalars(count).one() >= PHOTOS_MAX:
        raise TooManyPhotos(most=PHOTOS_MAX)
    photo = GoodsPhoto(
        id=picture.id, goods_id=goods.id, sha256=picture.sha256, added_by=by, added_at=at
    )
    db.session.add(photo)
    _trace("catalogue.add_photo", goods, photo.id, by, at)
    return photo


def remove_photo(*, goods: Goods, photo_id: UUID, by: UUID, at: datetime) -> None:
    """Show a picture no longer; its files are deleted within a day.

    Raises:
        PhotoNotFound: the goods have no such picture.
        GoodsWithdrawn: they are gone for good.
    """
    locked_goods(goods.county_id, goods.id, None)
    photo = db.session.get(GoodsPhoto, photo_id)
    if photo is None or photo.goods_id != goods.id:
        raise PhotoNotFound()
    db.session.delete(photo)
    _trace("catalogue.remove_photo", goods, photo_id, by, at)


def jpeg(photo_id: UUID, size: Size) -> bytes:
    """The picture as JPEG. Raises PhotoNotFound."""
    if db.session.get(GoodsPhoto, photo_id) is None:
        raise PhotoNotFound()
    with outside.photos().open(file_key(photo_id, size)) as file:
        return file.read()


def known(ids: set[UUID]) -> set[UUID]:
    """Those of the ids that belong to a picture."""
    return set(db.session.scalars(select(GoodsPhoto.id).where(GoodsPhoto.id.in_(ids))))


def file_key(photo_id: UUID, size: Size) -> str:
    return f"{photo_id.hex}-{VARIANTS[size]}"


def _trace(action: str, goods: Goods, photo_id: UUID, by: UUID, at: datetime) -> None:
    audit.record(
        action,
        county_id=goods.county_id,
        actor_id=by,
        subject=("goods", goods.id),
        at=at,
        photo_id=str(photo_id),
    )
