"""Somebody stands before a shop, and shows it: a business that nobody has seen is not paid.

Who visits reads the licence number from the paper on the wall. What a visit shows is for whoever
admits the business or verifies its account, who is somebody else.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO
from typing import BinaryIO
from uuid import UUID

from sqlalchemy import select

from app import outside
from app.kernel import audit
from app.kernel.db import db
from app.kernel.errors import Forbidden
from app.kernel.ids import uuid7
from app.photos import pictures
from app.photos.errors import NotAPhoto
from app.photos.screening import Refused
from app.register import trust
from app.register.identity import queries as identity
from app.register.identity.caller import Caller
from app.register.identity.errors import PersonUnknown
from app.register.identity.roles import Role
from mall.merchants.errors import LicenceNumberWrong, NotSeen, VisitNotFound
from mall.merchants.licences import is_licence_number
from mall.merchants.models import MerchantVisit

VISITORS = (Role.VILLAGE_ADMIN, Role.TOWN_ADMIN, Role.COUNTY_ADMIN)
COUNTS_FOR = timedelta(days=180)
VARIANT = "shopfront"  # what its file is called in the photo store


@dataclass(frozen=True)
class Front:
    """A decoded picture of a shop front, whose file is in the store and that has no row yet."""

    id: UUID
    sha256: bytes


@dataclass(frozen=True)
class Spot:
    """Where the visitor's phone was, in degrees."""

    latitude: float
    longitude: float


def take_in(content: BinaryIO, *, at: datetime) -> Front:
    """Decode a picture and keep what may be shown; call it outside any transaction.

    Raises:
        PhotoEmpty, PhotoTooLarge, NotAPhoto: it is no picture.
        StoreFull, StoreAway, Unavailable: nothing was kept; another try may succeed.
    """
    outcome, digest = pictures.decoded(content)
    if isinstance(outcome, Refused):
        raise NotAPhoto()
    front = Front(uuid7(at), digest)
    outside.photos().put(file_key(front.id), BytesIO(outcome.shown))
    return front


def record(
    *, licence_number: str, front: Front, spot: Spot, by: Caller, at: datetime
) -> MerchantVisit:
    """Write down that the caller has stood before the shop whose licence this is.

    Raises:
        LicenceNumberWrong: no licence has this number.
        PersonUnknown: nobody has seen who the caller is: they could be the one who admits it.
    """
    if not is_licence_number(licence_number):
        raise LicenceNumberWrong()
    if not identity.holder(by.user_id).is_known:
        raise PersonUnknown()
    visit = MerchantVisit(
        county_id=by.county_id,
        id=front.id,
        licence_number=licence_number,
        photo_sha256=front.sha256,
        latitude=spot.latitude,
        longitude=spot.longitude,
        checked_by=by.user_id,
        checked_at=at,
    )
    db.session.add(visit)
    audit.record(
        "merchants.visit",
        county_id=by.county_id,
        actor_id=by.user_id,
        subject=("merchant_visit", visit.id),
        at=at,
    )
    db.session.flush()
    return visit


def check_seen(
    *, county_id: int, licence_number: str, apart_from: Collection[UUID], at: datetime
) -> None:
    """Refuse what nobody has seen within half a year but those who want it or let it in.

    Raises:
        NotSeen: there is no visit by a person beside all of them.
    """
    for visit in visits(county_id, licence_number, since=at - COUNTS_FOR):
        try:
            trust.beside(apart_from, visit.checked_by, at=at)
        except Forbidden:
            continue
        return
    raise NotSeen()


def visits(
    county_id: int, licence_number: str, *, since: datetime | None = None
) -> Sequence[MerchantVisit]:
    """Who has stood before the shop, newest first."""
    query = select(MerchantVisit).where(
        MerchantVisit.county_id == county_id, MerchantVisit.licence_number == licence_number
    )
    if since is not None:
        query = query.where(MerchantVisit.checked_at >= since)
    return db.session.scalars(query.order_by(MerchantVisit.id.desc()).limit(20)).all()


def jpeg(county_id: int, visit_id: UUID) -> bytes:
    """The shop front. Raises VisitNotFound."""
    if db.session.get(MerchantVisit, (county_id, visit_id)) is None:
        raise VisitNotFound()
    with outside.photos().open(file_key(visit_id)) as file:
        return file.read()


def known(ids: set[UUID]) -> set[UUID]:
    """Those of the ids that belong to a visit."""
    return set(db.session.scalars(select(MerchantVisit.id).where(MerchantVisit.id.in_(ids))))


def file_key(visit_id: UUID) -> str:
    return f"{visit_id.hex}-{VARIANT}"
