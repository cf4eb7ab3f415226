"""Recording what a liaison sees at the door."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import BinaryIO
from uuid import UUID

from sqlalchemy import select

from app import audit, awards
from app.households.models import Household
from app.identity.roles import Role
from app.inspections.errors import GradeContradicts, NotAssigned, OwnHousehold, PhotoRepeated
from app.inspections.models import Check, Grade, WasteKind
from app.kernel.db import db
from app.kernel.ids import uuid7
from app.kernel.jobs import defer
from app.photos import service as photos
from app.photos.jobs import prepare
from app.photos.uploads import taken

COARSE = Decimal("0.001")  # degrees
_RULES = {
    Grade.A: awards.Rule.CHECKED_A,
    Grade.B: awards.Rule.CHECKED_B,
    Grade.C: awards.Rule.CHECKED_C,
}


@dataclass(frozen=True)
class Liaison:
    """Who checks: a member of a household, whom other households have as their liaison."""

    user_id: UUID
    member_id: UUID
    household_id: UUID
    is_official: bool


@dataclass(frozen=True)
class Seen:
    """What the liaison saw, and where and when by their phone."""

    grade: Grade
    wrong_kinds: Collection[WasteKind] = ()
    phone_time: datetime | None = None
    latitude: Decimal | None = None
    longitude: Decimal | None = None


def record_check(
    *,
    county_id: int,
    liaison: Liaison,
    household_id: UUID,
    seen: Seen,
    photo: BinaryIO | UUID,
    at: datetime,
) -> Check:
    """Record a check at the door and award the household and, by the policy, the liaison.

    The liaison's word is the decision, so points follow at once; the photo is its evidence and
    is made fit to show by a job. ``photo`` is the file, or the id of an upload of the phone's.

    Raises:
        NotAssigned: the household is not this liaison's.
        OwnHousehold: nobody checks their own.
        GradeContradicts: grade A, and yet something in the wrong bin.
        PhotoEmpty, PhotoTooLarge, NotAPhoto, PhotoRepeated: the photo is no evidence.
        UploadNotFound, UploadUsed, UploadExpired: there is no such upload to use.
        StoreFull, StoreAway: the photo could not be kept.
        NoPolicy: the county has no points policy.
    """
    household = _assigned_household(county_id, household_id, liaison)
    if seen.grade is Grade.A and seen.wrong_kinds:
        raise GradeContradicts()
    upload = taken(photo, county_id=county_id, user_id=liaison.user_id, at=at)
    liaison_village_id = db.session.scalars(
        select(Household.village_id).where(Household.id == liaison.household_id)
    ).one()
    awards.lock_households([household.id, liaison.household_id])
    evidence = photos.receive(
        upload,
        county_id=county_id,
        household_id=household.id,
        group_id=household.group_id,
        uploaded_by=liaison.user_id,
        at=at,
    )
    if evidence.repeats_id is not None:
        raise PhotoRepeated()
    check = _check(household, liaison, seen, at)
    check.photo = evidence
    db.session.add(check)
    defer(prepare, str(county_id), str(evidence.id))
    audit.record(
        "checks.record",
        county_id=county_id,
        actor_id=liaison.user_id,
        subject=("check", check.id),
        at=at,
        household_id=str(household.id),
        grade=seen.grade.value,
    )
    _award(check, liaison, liaison_village_id)
    return check


def _assigned_household(county_id: int, household_id: UUID, liaison: Liaison) -> Household:
    household = db.session.scalar(
        select(Household).where(
            Household.county_id == county_id,
            Household.id == household_id,
            Household.liaison_id == liaison.member_id,
        )
    )
    if household is None:
        raise NotAssigned()
    if household.id == liaison.household_id:
        raise OwnHousehold()
    return household


def _check(household: Household, liaison: Liaison, seen: Seen, at: datetime) -> Check:
    return Check(
        county_id=household.county_id,
        id=uuid7(at),
        household_id=household.id,
        village_id=household.village_id,
        checked_by=liaison.user_id,
        liaison_id=liaison.member_id,
        at=at,
        phone_time=seen.phone_time,
        grade=seen.grade,
        wrong_kinds=[kind.value for kind in WasteKind if kind in seen.wrong_kinds],
        latitude=_coarse(seen.latitude),
        longitude=_coarse(seen.longitude),
    )


def _award(check: Check, liaison: Liaison, liaison_village_id: UUID) -> None:
    """The household is paid by its own village, the liaison by theirs."""
    checked = awards.Event(
        household_id=check.household_id,
        village_id=check.village_id,
        rule=_RULES[check.grade],
        evidence_kind=awards.Evidence.CHECK,
        evidence_id=check.id,
        happened_at=check.at,
    )
    inspected = awards.Event(
        household_id=liaison.household_id,
        village_id=liaison_village_id,
        rule=awards.Rule.INSPECTION,
        evidence_kind=awards.Evidence.CHECK,
        evidence_id=check.id,
        happened_at=check.at,
        is_official=liaison.is_official,
    )
    awards.decide(
        county_id=check.county_id,
        events=[checked, inspected],
        decided_by=liaison.user_id,
        decided_as=Role.LIAISON,
        at=check.at,
    )


def _coarse(degrees: Decimal | None) -> Decimal | None:
    return None if degrees is None else degrees.quantize(COARSE)
