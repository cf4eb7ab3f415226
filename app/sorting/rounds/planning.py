"""Drawing a week, and repeating its random part from what was kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from app.kernel import audit, clock
from app.kernel.db import db
from app.kernel.ids import uuid7
from app.points import ledger
from app.sorting.rounds import drawing, queries
from app.sorting.rounds.candidates import (
    Assigned,
    Case,
    candidates,
    cases,
    inspectors,
    waiting_for_recheck,
)
from app.sorting.rounds.drawing import Candidate
from app.sorting.rounds.errors import DrawNotFound
from app.sorting.rounds.models import Draw, DrawCandidates, DrawInspector, Visit, Way
from app.sorting.rounds.settings import SETTINGS, Recommend, RoundSettings

DRAWN_AT_HOUR = 20  # on Sunday, for the week that begins next morning


@dataclass(frozen=True)
class Repeated:
    """What came of repeating a week's draw; every list should be empty."""

    seed_is_of_its_seal: bool
    candidates_are_those_of_the_digest: bool
    missing: list[UUID]  # households that should have been drawn for somebody, and were not
    surplus: list[UUID]  # households that were drawn and should not have been

    @property
    def holds_true(self) -> bool:
        return (
            self.seed_is_of_its_seal
            and self.candidates_are_those_of_the_digest
            and not self.missing
            and not self.surplus
        )


def week_of(day: date) -> date:
    """The Monday of the day's week."""
    return day - timedelta(days=day.weekday())


def week_due(at: datetime) -> date:
    """The newest week that should be drawn by now: this one, from Sunday evening the next."""
    this = week_of(clock.day_of(at))
    following = this + timedelta(days=7)
    drawn_at = clock.day_start(following - timedelta(days=1)) + timedelta(hours=DRAWN_AT_HOUR)
    return following if at >= drawn_at else this


def draw_week(*, county_id: int, week_on: date, at: datetime) -> Draw | None:
    """Draw a week's visits for every inspector of the county, once.

    First by lot from all households, so that nothing else touches the lot; then those at the
    bottom; then those recommended. Returns None when the week was drawn already or nobody
    inspects.
    """
    in_force = SETTINGS.in_force(county_id)
    settings = in_force.settings
    assigned = inspectors(county_id, settings, at)
    if not assigned or queries.draw_of(county_id, week_on) is not None:
        return None
    takers = [each.taker for each in assigned]
    households = candidates(county_id, takers)
    draw = _claimed(county_id, week_on, households, in_force.version, at)
    if draw is None:
        return None
    by_lot = drawing.by_lot(draw.seed, households)
    random = drawing.deal(
        by_lot, takers, {each.taker.user_id: each.quotas.random for each in assigned}
    )
    taken = {each.household_id for dealt in random.values() for each in dealt}
    why = cases(county_id, [each.household_id for each in households], settings.recommend, at=at)
    left = [each for each in by_lot if each.household_id not in taken]
    chosen = _chosen(county_id, left, assigned, why, settings)
    _keep(draw, households, assigned)
    plans = {Way.RANDOM: random, **chosen}
    for way, dealt in plans.items():
        db.session.add_all(_visits(draw, way, dealt, why, settings.recommend))
    audit.record(
        "rounds.draw",
        county_id=county_id,
        actor_id=None,
        subject=("draw", week_on),
        at=at,
        inspectors=len(assigned),
        candidates=len(households),
        visits=sum(len(given) for dealt in plans.values() for given in dealt.values()),
    )
    return draw


def repeat(county_id: int, week_on: date) -> Repeated:
    """Draw the random part of a week again, from the kept seed, candidates and inspectors.

    Raises:
        DrawNotFound: the week was not drawn.
    """
    draw = queries.draw_of(county_id, week_on)
    if draw is None:
        raise DrawNotFound()
    households = queries.kept_candidates(draw)
    takers, quotas = queries.kept_takers(draw)
    dealt = drawing.deal(drawing.by_lot(draw.seed, households), takers, quotas)
    should = {
        (user_id, ordinal): each.household_id
        for user_id, given in dealt.items()
        for ordinal, each in enumerate(given, start=1)
    }
    found = queries.drawn_by_lot(draw)
    seal = ledger.sealed_before(county_id, _drawn_on(week_on))
    digest = seal.statement.digest() if seal else None
    return Repeated(
        seed_is_of_its_seal=draw.seed == drawing.seed(county_id, week_on, digest)
        and draw.seal_digest == digest,
        candidates_are_those_of_the_digest=draw.candidates_digest == drawing.digest(households)
        and draw.candidates == len(households),
        missing=sorted({should[key] for key in should if found.get(key) != should[key]}),
        surplus=sorted({found[key] for key in found if should.get(key) != found[key]}),
    )


def _drawn_on(week_on: date) -> datetime:
    """The beginning of the Sunday before: seals from then on do not count."""
    return clock.day_start(week_on - timedelta(days=1))


def _claimed(
    county_id: int,
    week_on: date,
    households: Sequence[Candidate],
    version: int | None,
    at: datetime,
) -> Draw | None:
    """Begin the draw; of two at once the second waits here, and finds that it is made."""
    seal = ledger.sealed_before(county_id, _drawn_on(week_on))
    digest = seal.statement.digest() if seal else None
    values = {
        "county_id": county_id,
        "week_on": week_on,
        "seed": drawing.seed(county_id, week_on, digest),
        "seal_number": seal.statement.number if seal else None,
        "seal_digest": digest,
        "candidates": len(households),
        "candidates_digest": drawing.digest(households),
        "settings_version": version,
        "drawn_at": at,
    }
    return db.session.scalar(insert(Draw).values(**values).on_conflict_do_nothing().returning(Draw))


def _chosen(
    county_id: int,
    left: Sequence[Candidate],  # in the order of their lots, which decides between equals
    assigned: Sequence[Assigned],
    why: Mapping[UUID, Case],
    settings: RoundSettings,
) -> dict[Way, dict[UUID, list[Candidate]]]:
    """The bottom and the recommended among those whom the lot left."""
    takers = [each.taker for each in assigned]
    rechecked = waiting_for_recheck(county_id)
    open_ = [each for each in left if each.household_id not in rechecked]
    bottom = drawing.deal(
        sorted(
            (each for each in open_ if why[each.household_id].mean_rate_basis_points is not None),
            key=lambda each: why[each.household_id].mean_rate_basis_points or 0,
        ),
        takers,
        {each.taker.user_id: each.quotas.bottom for each in assigned},
    )
    taken = {each.household_id for dealt in bottom.values() for each in dealt}
    points = {each: why[each.household_id].points(settings.recommend) for each in open_}
    recommended = drawing.deal(
        sorted(
            (each for each in open_ if points[each] and each.household_id not in taken),
            key=lambda each: -points[each],
        ),
        takers,
        {each.taker.user_id: each.quotas.recommended for each in assigned},
    )
    return {Way.BOTTOM: bottom, Way.RECOMMENDED: recommended}


def _keep(draw: Draw, households: Sequence[Candidate], assigned: Sequence[Assigned]) -> None:
    """Write down what the lot was drawn from."""
    groups: dict[UUID, list[UUID]] = {}
    for each in households:
        groups.setdefault(each.group_id, []).append(each.household_id)
    db.session.add_all(
        DrawCandidates(
            county_id=draw.county_id, week_on=draw.week_on, group_id=group_id, household_ids=ids
        )
        for group_id, ids in groups.items()
    )
    db.session.add_all(
        DrawInspector(
            county_id=draw.county_id,
            week_on=draw.week_on,
            user_id=each.taker.user_id,
            place_ids=list(each.place_ids),
            not_village_id=each.taker.not_village_id,
            not_household_ids=sorted(each.taker.not_household_ids),
            random_quota=each.quotas.random,
        )
        for each in assigned
    )


def _visits(
    draw: Draw,
    way: Way,
    dealt: Mapping[UUID, Sequence[Candidate]],
    why: Mapping[UUID, Case],
    by: Recommend,
) -> list[Visit]:
    return [
        Visit(
            county_id=draw.county_id,
            id=uuid7(draw.drawn_at),
            week_on=draw.week_on,
            from_on=draw.week_on,
            household_id=each.household_id,
            village_id=each.village_id,
            group_id=each.group_id,
            way=way,
            ordinal=ordinal,
            why=_reasons(way, why[each.household_id], by),
            drawn_for=user_id,
            inspector_id=user_id,
            planned_at=draw.drawn_at,
        )
        for user_id, given in dealt.items()
        for ordinal, each in enumerate(given, start=1)
    ]


def _reasons(way: Way, case: Case, by: Recommend) -> dict[str, int]:
    """The parts of what chose a household; the lot has none."""
    if way is Way.RECOMMENDED:
        return {
            "points": case.points(by),
            "unseen_days": case.unseen_days,
            "percent_missing": case.percent_missing,
            "grade_c": case.grade_c,
        }
    if way is Way.BOTTOM and case.mean_rate_basis_points is not None:
        return {"mean_rate_basis_points": case.mean_rate_basis_points}
    return {}
