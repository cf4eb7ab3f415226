"""Recording what was seen of a household's sorting: at its door, at the booth, at its bin."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, BinaryIO
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from app.kernel import audit
from app.kernel.db import db
from app.kernel.errors import Forbidden
from app.kernel.ids import uuid7
from app.kernel.jobs import defer
from app.kernel.waste import WasteKind
from app.photos import service as photos
from app.photos.jobs import prepare
from app.photos.models import Photo
from app.photos.uploads import taken
from app.register import trust
from app.register.households.locking import lock_households
from app.register.households.models import Household
from app.register.identity.caller import Caller
from app.register.regions import queries as regions
from app.sorting.inspections import awarding, conflicts, pace
from app.sorting.inspections.errors import (
    CheckNotFound,
    ClientIdReused,
    GradeContradicts,
    GradeNeeded,
    KindsContradict,
    KindsNeeded,
    NotAssigned,
    OwnHousehold,
    PhotoNeeded,
    PhotoRepeated,
    PhotosFull,
    PhotoTooLate,
    TooFast,
    TooMany,
)
from app.sorting.inspections.models import (
    Check,
    CheckPhoto,
    CheckState,
    ConflictReason,
    Grade,
    Setting,
)
from app.sorting.inspections.settings import settings_of

COARSE = Decimal("0.001")  # degrees
PHOTOS_MAX = 3


@dataclass(frozen=True)
class Seen:
    """What was seen, and where and when by the phone."""

    grade: Grade | None  # none: a collector found nothing put out
    kinds: Collection[WasteKind] = ()
    wrong_kinds: Collection[WasteKind] = ()
    phone_time: datetime | None = None
    client_id: UUID | None = None  # of a record that the phone keeps until it is answered
    latitude: Decimal | None = None
    longitude: Decimal | None = None
    asset_id: UUID | None = None  # the bin or booth whose label was scanned

    @property
    def said_at(self) -> datetime | None:
        """When it was seen by the phone, if the phone has kept the record."""
        return self.phone_time if self.client_id is not None else None


def record_check(
    *,
    household_id: UUID,
    setting: Setting,
    seen: Seen,
    photo: BinaryIO | UUID | None,
    by: Caller,
    at: datetime,
) -> Check:
    """Record a check and award the household and, by the policy, its liaison.

    A liaison checks at the door of those who named them, the others in the places of their role.
    The checker's word is the decision, so points follow at once; the photo is its evidence. A
    record with a ``client_id`` may come late and more than once: a repeat returns the first one,
    and the phone's time counts if it can be true. What is in doubt, or sooner or more in a day
    than one person can have seen, is kept and earns nothing until a person has decided. ``photo``
    is the file, or the id of an upload of the phone's.

    Raises:
        Forbidden: the caller does not check in this setting.
        NotAssigned: the household is not the caller's to check.
        OwnHousehold, SameHousehold, Related: nobody checks their own, or their relations'.
        GradeNeeded, GradeContradicts, KindsNeeded, KindsContradict: it contradicts itself.
        PhotoNeeded: a grade needs one.
        TooFast, TooMany: and it is no record that a phone has kept.
        PhotoEmpty, PhotoTooLarge, NotAPhoto, PhotoRepeated: the photo is no evidence.
        ClientIdReused: the phone used the id for another record.
        UploadNotFound, UploadUsed, UploadExpired: there is no such upload to use.
        StoreFull, StoreAway: the photo could not be kept.
        NoPolicy: the county has no points policy.
    """
    if not by.may([setting.role]):
        raise Forbidden()
    _refuse_contradictions(setting, seen, has_photo=photo is not None)
    first = _recorded_before(household_id, setting, seen, by)
    if first is not None:
        return first
    household, is_assigned = _household(household_id, setting, seen, by, at)
    upload = None
    if photo is not None:
        upload = taken(photo, county_id=by.county_id, user_id=by.user_id, at=at)
    liaison_id = by.member() if setting is Setting.DOOR else None
    awarding.lock_paid(household.id, liaison_id)
    first = _recorded_before(household_id, setting, seen, by)
    if first is not None:
        return first  # the same record, sent twice at once
    evidence = _evidence(upload, household, by.user_id, at) if upload is not None else None
    claim = conflicts.Claim(by.user_id, household, is_assigned, seen.grade)
    moment = conflicts.moment(by.county_id, seen.said_at, at)
    doubt = conflicts.doubt(claim, moment) or _out_of_pace(household, seen, by, moment.at)
    check = _written(household, setting, seen, moment.at, doubt)
    about = {"checked_by": by.user_id, "liaison_id": liaison_id, "received_at": at}
    check_id = _inserted(check | about | {"photo_id": evidence and evidence.id})
    recorded = db.session.get_one(Check, (by.county_id, check_id))
    if doubt is not None:
        conflicts.note_down(recorded, doubt, at)
    _trace("checks.record", recorded, by.user_id, at)
    if recorded.state is CheckState.COUNTED:
        awarding.award(recorded, at)
    return recorded


def add_photo(*, check_id: UUID, photo: BinaryIO, by: Caller, at: datetime) -> CheckPhoto:
    """Add a second or third photo to the caller's own check, as long as a record may come late.

    Raises:
        CheckNotFound: none of the caller's.
        PhotoTooLate, PhotosFull: it is old, or has three.
        PhotoEmpty, PhotoTooLarge, NotAPhoto, PhotoRepeated: the photo is no evidence.
        StoreFull, StoreAway: the photo could not be kept.
    """
    check = db.session.scalar(
        select(Check).where(
            Check.county_id == by.county_id, Check.id == check_id, Check.checked_by == by.user_id
        )
    )
    if check is None:
        raise CheckNotFound()
    days = settings_of(by.county_id).late_record_days_max
    if at - check.received_at > timedelta(days=max(days, 1)):
        raise PhotoTooLate()
    upload = photos.store(content=photo, at=at)
    lock_households([check.household_id])
    count = db.session.scalars(
        select(func.count())
        .select_from(CheckPhoto)
        .where(CheckPhoto.county_id == by.county_id, CheckPhoto.check_id == check_id)
    ).one()
    if count + 1 >= PHOTOS_MAX:
        raise PhotosFull(photos_max=PHOTOS_MAX)
    household = db.session.get_one(Household, check.household_id)
    added = CheckPhoto(county_id=by.county_id, check_id=check_id, ordinal=count + 2, added_at=at)
    added.photo = _evidence(upload, household, by.user_id, at)
    db.session.add(added)
    db.session.flush()
    _trace("checks.add_photo", check, by.user_id, at)
    return added


def _refuse_contradictions(setting: Setting, seen: Seen, *, has_photo: bool) -> None:
    if seen.grade is None and (setting is not Setting.BIN or seen.kinds or seen.wrong_kinds):
        raise GradeNeeded()
    if seen.grade is Grade.A and seen.wrong_kinds:
        raise GradeContradicts()
    if seen.grade is not None and setting is not Setting.DOOR and not seen.kinds:
        raise KindsNeeded()
    if seen.kinds and not set(seen.wrong_kinds) <= set(seen.kinds):
        raise KindsContradict()
    if not has_photo and seen.grade is not None:
        raise PhotoNeeded()


def _out_of_pace(
    household: Household, seen: Seen, by: Caller, at: datetime
) -> conflicts.Doubt | None:
    """Whether a person must decide because nobody looks so fast; refused at once if online, where
    it can be done again in a while."""
    if seen.grade is None:
        return None
    reason = pace.too_fast(
        county_id=by.county_id, checked_by=by.user_id, household_id=household.id, at=at
    )
    if reason is None:
        return None
    if seen.client_id is not None:
        return conflicts.Doubt(reason)
    if reason is ConflictReason.TOO_FAST:
        raise TooFast(seconds=int(pace.BETWEEN.total_seconds()))
    raise TooMany(most=pace.DAY_MOST)


def _recorded_before(household_id: UUID, setting: Setting, seen: Seen, by: Caller) -> Check | None:
    if seen.client_id is None:
        return None
    first = db.session.scalar(
        select(Check).where(
            Check.county_id == by.county_id,
            Check.checked_by == by.user_id,
            Check.client_id == seen.client_id,
        )
    )
    if first is None:
        return None
    said = (setting, household_id, seen.grade, seen.phone_time)
    if said != (first.setting, first.household_id, first.grade, first.phone_time):
        raise ClientIdReused()
    return first


def _household(
    household_id: UUID, setting: Setting, seen: Seen, by: Caller, at: datetime
) -> tuple[Household, bool]:
    """The household, and whether it is the caller's to check now.

    What a phone recorded without network is kept even when the household was given to somebody
    else meanwhile: a person then decides.
    """
    household = db.session.scalar(
        select(Household).where(Household.county_id == by.county_id, Household.id == household_id)
    )
    if household is None:
        raise NotAssigned()
    if setting is Setting.DOOR:
        is_assigned = household.liaison_id == by.member()
    else:
        is_assigned = regions.is_inside(household.group_id, by.places(setting.role))
    if not is_assigned and seen.client_id is None:
        raise NotAssigned()
    if household.id == by.household_id:
        raise OwnHousehold()
    trust.beside([], by.user_id, concerned=trust.Concerned(households=[household.id]), at=at)
    return household, is_assigned


def _evidence(upload: photos.Upload, household: Household, user_id: UUID, at: datetime) -> Photo:
    evidence = photos.receive(
        upload,
        county_id=household.county_id,
        household_id=household.id,
        group_id=household.group_id,
        uploaded_by=user_id,
        at=at,
    )
    if evidence.repeats_id is not None:
        raise PhotoRepeated()
    db.session.flush()  # a check is inserted past the session, and refers to it
    defer(prepare, str(household.county_id), str(evidence.id))
    return evidence


def _written(
    household: Household,
    setting: Setting,
    seen: Seen,
    at: datetime,
    doubt: conflicts.Doubt | None,
) -> dict[str, Any]:
    return {
        "county_id": household.county_id,
        "household_id": household.id,
        "village_id": household.village_id,
        "setting": setting,
        "checked_as": setting.role,
        "at": at,
        "phone_time": seen.phone_time,
        "client_id": seen.client_id,
        "grade": seen.grade,
        "kinds": _in_order(seen.kinds),
        "wrong_kinds": _in_order(seen.wrong_kinds),
        "is_put_out": setting is not Setting.DOOR and bool(seen.kinds),
        "state": CheckState.COUNTED if doubt is None else CheckState.HELD,
        "latitude": _coarse(seen.latitude),
        "longitude": _coarse(seen.longitude),
        "asset_id": seen.asset_id,
    }


def _inserted(check: dict[str, Any]) -> UUID:
    """Of two records with one client id, about two households, the unique key lets one through."""
    written: UUID | None = db.session.scalar(
        insert(Check)
        .values(id=uuid7(check["received_at"]), **check)
        .on_conflict_do_nothing()
        .returning(Check.id)
    )
    if written is None:
        raise ClientIdReused()
    return written


def _trace(action: str, check: Check, actor_id: UUID, at: datetime) -> None:
    audit.record(
        action,
        county_id=check.county_id,
        actor_id=actor_id,
        subject=("check", check.id),
        at=at,
        household_id=check.household_id,
        setting=check.setting.value,
        grade=check.grade.value if check.grade else None,
        state=check.state.value,
    )


def _in_order(kinds: Collection[WasteKind]) -> list[str]:
    return [kind.value for kind in WasteKind if kind in kinds]


def _coarse(degrees: Decimal | None) -> Decimal | None:
    return None if degrees is None else degrees.quantize(COARSE)
