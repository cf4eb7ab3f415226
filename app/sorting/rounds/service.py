"""Recording what a visit found, and giving a visit to somebody else."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import BinaryIO
from uuid import UUID

from sqlalchemy import func, select

from app.kernel import audit, clock
from app.kernel.db import db, locked
from app.kernel.ids import uuid7
from app.kernel.jobs import defer
from app.kernel.waste import WasteKind
from app.photos import service as photos
from app.photos.jobs import prepare
from app.photos.models import Photo
from app.photos.uploads import taken
from app.points import awards
from app.points.awards import explanations
from app.register.households.locking import lock_households
from app.register.households.models import Household
from app.register.identity import queries as identity
from app.register.identity.caller import Caller
from app.register.identity.roles import OFFICIALS, Role
from app.register.regions import queries as regions
from app.sorting.inspections.conflicts import moment
from app.sorting.rounds import scoring
from app.sorting.rounds.candidates import home_village, related_households
from app.sorting.rounds.errors import (
    AlreadyTheirs,
    FindingsContradict,
    NotAnInspectorThere,
    OwnHousehold,
    OwnVillage,
    PhotoNeeded,
    PhotoRepeated,
    TooManyPhotos,
    VisitDone,
    VisitNotFound,
    VisitTooEarly,
)
from app.sorting.rounds.models import (
    Outcome,
    Visit,
    VisitPhoto,
    VisitResult,
    Way,
)
from app.sorting.rounds.planning import week_of
from app.sorting.rounds.scoring import FindingCode, Scored
from app.sorting.rounds.settings import SETTINGS, RoundSettings, settings_of

PHOTOS_MAX = 3
MANY_ARE_ONE_IN = 10
PLANNERS = (Role.TOWN_ADMIN, Role.COUNTY_ADMIN)


@dataclass(frozen=True)
class Found:
    """What the inspector found; a code stands once for each time it was seen."""

    outcome: Outcome
    findings: Sequence[FindingCode] = ()
    wrong_kinds: Collection[WasteKind] = ()
    client_id: UUID | None = None  # of a record that the phone keeps until it is answered
    phone_time: datetime | None = None

    @property
    def is_clean(self) -> bool:
        return not self.findings and not self.wrong_kinds


@dataclass(frozen=True)
class Reassignment:
    """To whom a visit is given, and why."""

    inspector_id: UUID
    because: str


@dataclass(frozen=True)
class Recorded:
    """A result, the photos, the re-check it led to, and what the inspector's household earned."""

    result: VisitResult
    photo_ids: tuple[UUID, ...]
    recheck: Visit | None
    points: int
    message: str


def record_result(
    *, visit_id: UUID, found: Found, uploads: Sequence[BinaryIO | UUID], by: Caller, at: datetime
) -> Recorded:
    """Record what came of a visit, plan its re-check when it was not passed, and award the points.

    The points for looking are of the caller's household, if they are of one. A re-check at which
    nobody was at home is planned again; any other result of it closes the case. A record with a
    ``client_id`` may come late and more than once: a repeat returns the first one, and the phone's
    time counts if it can be true. ``uploads`` are files, or ids of uploads of the phone's.

    Raises:
        VisitNotFound, VisitDone, VisitTooEarly, OwnHousehold: it is not theirs to record now.
        FindingsContradict, TooManyPhotos: the parts do not fit together.
        PhotoNeeded: there is none of the door, which every outcome needs.
        PhotoEmpty, PhotoTooLarge, NotAPhoto, PhotoRepeated: a photo is no evidence.
        UploadNotFound, UploadUsed, UploadExpired: there is no such upload to use.
        StoreFull, StoreAway: a photo could not be kept.
        NoPolicy: the county has no points policy.
    """
    planned = _own_visit(visit_id, by)
    first = _recorded_before(planned, found)
    if first is not None:
        return first
    _check_parts(found, uploads)
    stored = [taken(one, county_id=by.county_id, user_id=by.user_id, at=at) for one in uploads]
    lock_households({planned.household_id, by.household_id or planned.household_id})
    said_at = found.phone_time if found.client_id is not None else None
    seen_at = moment(by.county_id, said_at, at).at
    visit = _to_record(planned, by, seen_at)
    in_force = SETTINGS.in_force(by.county_id)
    result = _result(visit, found, in_force.settings, seen_at)
    result.received_at = at
    result.settings_version = in_force.version
    db.session.add(result)
    evidence = [_received(upload, visit, at) for upload in stored]
    evidence.sort(key=lambda photo: photo.id)  # the order in which they are read ever after
    db.session.flush()  # the photos' rows refer to both without a relationship
    for photo in evidence:
        db.session.add(VisitPhoto(county_id=by.county_id, photo_id=photo.id, result_id=result.id))
        defer(prepare, str(by.county_id), str(photo.id))
    recheck = _recheck(visit, result, in_force.settings, at)
    audit.record(
        "rounds.record_result",
        county_id=by.county_id,
        actor_id=by.user_id,
        subject=("visit", visit.id),
        at=at,
        household_id=visit.household_id,
        outcome=found.outcome.value,
        score=result.score,
    )
    points, message = _award(result, by)
    return Recorded(result, tuple(photo.id for photo in evidence), recheck, points, message)


def reassign(*, visit_id: UUID, to: Reassignment, by: Caller, at: datetime) -> Visit:
    """Give a visit that is not done to another inspector of that place.

    The reason is kept and shown. Above a tenth of the week's visits of the town, the auditor looks
    at each.

    Raises:
        VisitNotFound: there is none where the caller plans.
        VisitDone, AlreadyTheirs: there is nothing to give.
        NotAnInspectorThere, OwnHousehold, OwnVillage: not to this person.
    """
    visit = db.session.scalar(
        locked(
            select(Visit).where(
                Visit.county_id == by.county_id,
                Visit.id == visit_id,
                Visit.group_id.in_(regions.inside(by.places(*PLANNERS))),
            )
        )
    )
    if visit is None:
        raise VisitNotFound()
    _refuse_done(visit)
    if visit.inspector_id == to.inspector_id:
        raise AlreadyTheirs()
    _check_inspector(visit, to.inspector_id, at)
    before = visit.inspector_id
    visit.inspector_id = to.inspector_id
    visit.reassigned_by, visit.reassigned_at = by.user_id, at
    visit.reassigned_because = to.because
    audit.record(
        "rounds.reassign",
        county_id=by.county_id,
        actor_id=by.user_id,
        subject=("visit", visit.id),
        at=at,
        household_id=visit.household_id,
        reason=to.because,
        before=str(before),
        after=str(to.inspector_id),
        is_one_of_many=_are_many_moved(visit),
    )
    return visit


def _are_many_moved(visit: Visit) -> bool:
    """Whether more than a tenth of the week's visits of the town have changed hands."""
    _, town_id, *_ = regions.paths([visit.group_id])[visit.group_id]
    planned, moved = db.session.execute(
        select(func.count(), func.count(Visit.reassigned_at)).where(
            Visit.county_id == visit.county_id,
            Visit.week_on == visit.week_on,
            Visit.group_id.in_(regions.inside([town_id])),
        )
    ).one()
    return int(moved) * MANY_ARE_ONE_IN > int(planned)


def _recorded_before(visit: Visit, found: Found) -> Recorded | None:
    """What came of the same record before, if this is a repeat of it."""
    if found.client_id is None:
        return None
    result = db.session.scalar(
        select(VisitResult).where(
            VisitResult.county_id == visit.county_id,
            VisitResult.visit_id == visit.id,
            VisitResult.client_id == found.client_id,
        )
    )
    if result is None:
        return None
    photo_ids = db.session.scalars(
        select(VisitPhoto.photo_id)
        .where(VisitPhoto.county_id == visit.county_id, VisitPhoto.result_id == result.id)
        .order_by(VisitPhoto.photo_id)
    )
    recheck = db.session.scalar(
        select(Visit).where(Visit.county_id == visit.county_id, Visit.recheck_of == visit.id)
    )
    return Recorded(result, tuple(photo_ids), recheck, 0, "这次督查已经记过了")


def _check_parts(found: Found, uploads: Sequence[BinaryIO | UUID]) -> None:
    if len(uploads) > PHOTOS_MAX:
        raise TooManyPhotos(most=PHOTOS_MAX)
    if found.outcome is Outcome.NOBODY_HOME and not found.is_clean:
        raise FindingsContradict()
    if not uploads:
        raise PhotoNeeded()


def _own_visit(visit_id: UUID, by: Caller) -> Visit:
    visit = db.session.get(Visit, (by.county_id, visit_id))
    if visit is None or visit.inspector_id != by.user_id:
        raise VisitNotFound()
    return visit


def _to_record(planned: Visit, by: Caller, at: datetime) -> Visit:
    # The row lock makes two inspectors take turns: the second finds a result, or another's name.
    visit = db.session.scalars(
        locked(select(Visit).where(Visit.county_id == planned.county_id, Visit.id == planned.id))
    ).one()
    if visit.inspector_id != by.user_id:
        raise VisitNotFound()
    _refuse_done(visit)
    if clock.day_of(at) < visit.from_on:
        raise VisitTooEarly(from_on=visit.from_on.isoformat())
    if visit.household_id in related_households([by.user_id], at)[by.user_id]:
        raise OwnHousehold()
    return visit


def _refuse_done(visit: Visit) -> None:
    done = select(VisitResult.id).where(
        VisitResult.county_id == visit.county_id, VisitResult.visit_id == visit.id
    )
    if db.session.scalar(done) is not None:
        raise VisitDone()


def _check_inspector(visit: Visit, inspector_id: UUID, at: datetime) -> None:
    held = [
        place_id
        for user_id, place_id in identity.holders(visit.county_id, Role.INSPECTOR)
        if user_id == inspector_id
    ]
    if not regions.is_inside(visit.group_id, held):
        raise NotAnInspectorThere()
    if visit.household_id in related_households([inspector_id], at)[inspector_id]:
        raise OwnHousehold()
    settings = settings_of(visit.county_id)
    if settings.keeps_out_of_own_village and home_village(inspector_id) == visit.village_id:
        raise OwnVillage()


def _result(visit: Visit, found: Found, settings: RoundSettings, at: datetime) -> VisitResult:
    counts = Counter(found.findings)
    scored: Scored | None = None
    if found.outcome is Outcome.SEEN:
        scored = scoring.score(settings.items, counts, len(set(found.wrong_kinds)))
    return VisitResult(
        county_id=visit.county_id,
        id=uuid7(at),
        visit_id=visit.id,
        household_id=visit.household_id,
        village_id=visit.village_id,
        inspector_id=visit.inspector_id,
        at=at,
        outcome=found.outcome,
        score=scored.score if scored else None,
        is_passed=scored.score >= settings.pass_from if scored else None,
        wrong_kinds=[kind.value for kind in WasteKind if kind in found.wrong_kinds],
        deductions=[asdict(each) for each in scored.deductions] if scored else [],
        findings={code.value: counts[code] for code in FindingCode if counts[code]},
        client_id=found.client_id,
        phone_time=found.phone_time,
    )


def _received(upload: photos.Upload, visit: Visit, at: datetime) -> Photo:
    photo = photos.receive(
        upload,
        county_id=visit.county_id,
        household_id=visit.household_id,
        group_id=visit.group_id,
        uploaded_by=visit.inspector_id,
        at=at,
    )
    if photo.repeats_id is not None:
        raise PhotoRepeated()
    return photo


def _recheck(
    visit: Visit, result: VisitResult, settings: RoundSettings, at: datetime
) -> Visit | None:
    """The next look at a household, when this one leaves something open."""
    if visit.way is Way.RECHECK:
        is_open = result.outcome is Outcome.NOBODY_HOME
    else:
        is_open = result.is_passed is False
    if not is_open:
        return None
    from_on = clock.day_of(at) + timedelta(days=settings.recheck_after_days)
    recheck = Visit(
        county_id=visit.county_id,
        id=uuid7(at),
        week_on=week_of(from_on),
        from_on=from_on,
        household_id=visit.household_id,
        village_id=visit.village_id,
        group_id=visit.group_id,
        way=Way.RECHECK,
        ordinal=1,
        why={} if result.score is None else {"score": result.score},
        drawn_for=visit.inspector_id,
        inspector_id=visit.inspector_id,
        recheck_of=visit.id,
        planned_at=at,
    )
    db.session.add(recheck)
    return recheck


def _award(result: VisitResult, by: Caller) -> tuple[int, str]:
    """Points for looking: to the inspector's household, from its own village, by the policy."""
    if result.outcome is Outcome.NOBODY_HOME:
        return 0, "家中无人，这次不计积分"
    if by.household_id is None:
        return 0, "您还没有绑定家庭，这次不计积分"
    village_id = db.session.scalars(
        select(Household.village_id).where(Household.id == by.household_id)
    ).one()
    event = awards.Event(
        household_id=by.household_id,
        village_id=village_id,
        rule=awards.Rule.INSPECTION,
        evidence_kind=awards.Evidence.INSPECTION,
        evidence_id=result.id,
        happened_at=result.at,
        is_official=identity.person_holds(by.user_id, OFFICIALS),
    )
    (award,) = awards.decide(
        county_id=result.county_id,
        events=[event],
        decided_by=by.user_id,
        decided_as=Role.INSPECTOR,
        at=result.at,
    )
    return award.points, explanations.sentence(award)
