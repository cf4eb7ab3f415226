"""Who may be drawn, by whom they may be visited, and what speaks for visiting them."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select

from app.kernel import clock
from app.kernel.db import db
from app.register.households.models import Binding, Household, HouseholdState, Member
from app.register.households.queries import closed_to
from app.register.identity import queries as identity
from app.register.identity.roles import Role
from app.register.regions.models import Region, RegionKind
from app.sorting.inspections.models import Check, Grade
from app.sorting.rates import queries as rates
from app.sorting.rates.arithmetic import WHOLE
from app.sorting.rounds.drawing import Candidate, Taker
from app.sorting.rounds.models import Outcome, Visit, VisitResult, Way
from app.sorting.rounds.settings import Quotas, Recommend, RoundSettings

LOOKED_BACK_DAYS = 28


@dataclass(frozen=True)
class Assigned:
    """An inspector with their places, whom they may be given, and how many."""

    taker: Taker
    place_ids: tuple[UUID, ...]
    quotas: Quotas


@dataclass(frozen=True)
class Case:
    """What speaks for visiting a household; whole numbers that are shown."""

    unseen_days: int
    percent_missing: int
    grade_c: int
    mean_rate_basis_points: int | None

    def points(self, by: Recommend) -> int:
        return (
            self.unseen_days
            + self.percent_missing * by.per_percent_missing
            + min(self.grade_c, by.grade_c_max) * by.per_grade_c
        )


def inspectors(county_id: int, settings: RoundSettings, at: datetime) -> list[Assigned]:
    """Everybody who inspects in the county, in a query each. Quotas go by the oldest grant."""
    places: dict[UUID, list[UUID]] = {}
    for user_id, place_id in identity.holders(county_id, Role.INSPECTOR):
        places.setdefault(user_id, []).append(place_id)
    paths = _paths({place_id for held in places.values() for place_id in held})
    groups = _groups(county_id)
    homes, related = _homes(places), related_households(places, at)
    return [
        Assigned(
            Taker(
                user_id,
                frozenset(id_ for id_, path in groups.items() if not path.isdisjoint(held)),
                homes.get(user_id) if settings.keeps_out_of_own_village else None,
                frozenset(related[user_id]),
            ),
            tuple(held),
            settings.quotas_at(paths.get(held[0], [])),
        )
        for user_id, held in places.items()
    ]


def related_households(user_ids: Collection[UUID], at: datetime) -> dict[UUID, set[UUID]]:
    """The households that each user may not inspect.

    Those that they may not judge (``closed_to``), and that of their own liaison.
    """
    found = {user_id: set(closed_to(user_id, at)) for user_id in user_ids}
    rows = db.session.execute(
        select(Binding.user_id, Member.household_id)
        .join(Household, Household.id == Binding.household_id)
        .join(Member, Member.id == Household.liaison_id)
        .where(Binding.user_id.in_(found), Binding.ended_at.is_(None))
    )
    for user_id, household_id in rows:
        found[user_id].add(household_id)
    return found


def home_village(user_id: UUID) -> UUID | None:
    """The village that a user is bound in."""
    return _homes([user_id]).get(user_id)


def candidates(county_id: int, takers: Sequence[Taker]) -> list[Candidate]:
    """All households that live in the inspectors' groups."""
    group_ids = frozenset[UUID]().union(*(taker.group_ids for taker in takers))
    rows = db.session.execute(
        select(Household.id, Household.group_id, Household.village_id)
        .where(
            Household.county_id == county_id,
            Household.group_id.in_(group_ids),
            Household.state == HouseholdState.LIVING,
        )
        .order_by(Household.id)
    )
    return [Candidate(*row) for row in rows]


def cases(
    county_id: int, household_ids: Sequence[UUID], by: Recommend, *, at: datetime
) -> dict[UUID, Case]:
    """What speaks for visiting each of the households, as of today's beginning."""
    period = rates.last_days(LOOKED_BACK_DAYS, at=at)
    counts = rates.counts_of_households(county_id, household_ids, period)
    seen = _last_seen(county_id, clock.day_start(clock.day_of(at)) - timedelta(by.unseen_days_max))
    grades = _grades_c(county_id, clock.day_start(period.from_on))
    today = clock.day_of(at)
    made = {}
    for household_id in household_ids:
        score = counts[household_id].mean_rate
        last = seen.get(household_id)
        unseen = by.unseen_days_max if last is None else (today - clock.day_of(last)).days
        made[household_id] = Case(
            unseen_days=min(unseen, by.unseen_days_max),
            percent_missing=0 if score is None else (WHOLE - score) // 100,
            grade_c=grades.get(household_id, 0),
            mean_rate_basis_points=score,
        )
    return made


def waiting_for_recheck(county_id: int) -> set[UUID]:
    """Households that a re-check waits for: nobody need choose them besides."""
    return set(
        db.session.scalars(
            select(Visit.household_id)
            .outerjoin(
                VisitResult,
                (VisitResult.county_id == Visit.county_id) & (VisitResult.visit_id == Visit.id),
            )
            .where(Visit.county_id == county_id, Visit.way == Way.RECHECK, VisitResult.id.is_(None))
        )
    )


def _last_seen(county_id: int, since: datetime) -> dict[UUID, datetime]:
    """When each household was last looked at: by a check, or by a visit that met somebody."""
    checks = db.session.execute(
        select(Check.household_id, func.max(Check.at))
        .where(Check.county_id == county_id, Check.at >= since)
        .group_by(Check.household_id)
    )
    visits = db.session.execute(
        select(VisitResult.household_id, func.max(VisitResult.at))
        .where(
            VisitResult.county_id == county_id,
            VisitResult.at >= since,
            VisitResult.outcome == Outcome.SEEN,
        )
        .group_by(VisitResult.household_id)
    )
    found: dict[UUID, datetime] = {}
    for household_id, last in (*checks, *visits):
        found[household_id] = max(last, found.get(household_id, last))
    return found


def _grades_c(county_id: int, since: datetime) -> dict[UUID, int]:
    rows = db.session.execute(
        select(Check.household_id, func.count())
        .where(Check.county_id == county_id, Check.at >= since, Check.grade == Grade.C)
        .group_by(Check.household_id)
    )
    return {household_id: int(count) for household_id, count in rows}


def _paths(region_ids: Iterable[UUID]) -> dict[UUID, list[UUID]]:
    rows = db.session.execute(select(Region.id, Region.path).where(Region.id.in_(list(region_ids))))
    return {row.id: row.path for row in rows}


def _groups(county_id: int) -> dict[UUID, frozenset[UUID]]:
    """The county's groups, each with the places it lies in."""
    rows = db.session.execute(
        select(Region.id, Region.path).where(
            Region.county_id == county_id, Region.kind == RegionKind.GROUP
        )
    )
    return {id_: frozenset(path) for id_, path in rows}


def _homes(user_ids: Iterable[UUID]) -> dict[UUID, UUID]:
    rows = db.session.execute(
        select(Binding.user_id, Household.village_id)
        .join(Household, Household.id == Binding.household_id)
        .where(Binding.user_id.in_(list(user_ids)), Binding.ended_at.is_(None))
    )
    return {row.user_id: row.village_id for row in rows}
