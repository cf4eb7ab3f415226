"""Closing a period: what is left of each base becomes points."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from app.kernel import clock
from app.kernel.db import db
from app.kernel.ids import uuid7
from app.points import awards
from app.points.awards import queries as award_queries
from app.points.awards.rules import Rules, read_rules
from app.register.households.locking import lock_households
from app.register.identity.roles import Role
from app.standing.scores import queries, reckoning
from app.standing.scores.models import Score
from app.standing.scores.queries import Checked
from app.standing.scores.reckoning import Item, Period


@dataclass(frozen=True)
class Standing:
    """How a household stands in the period that runs."""

    first_day: date
    last_day: date
    checks: int
    items: dict[str, Item]
    score: int
    points: int  # what it comes to if nothing more is found


def standing(*, county_id: int, household_id: UUID, at: datetime) -> Standing | None:
    """How the household stands today; None where the county keeps no bases.

    Raises:
        NoPolicy: the county has no points policy.
    """
    day = clock.day_of(at)
    rules = read_rules(award_queries.policy_of(county_id, day).rules)
    if not rules.score_months:
        return None
    period = reckoning.period_of(day, rules.score_months)
    checks, findings = queries.so_far(county_id, household_id, period)
    items = reckoning.items(rules, findings)
    score = sum(item.left for item in items.values())
    return Standing(
        period.first_day, period.last_day, checks, items, score, score * rules.score_rate
    )


def close(*, county_id: int, last_day: date, limit: int, at: datetime) -> int:
    """Close the period that ended on the day, for at most ``limit`` households.

    The version in force on that day says all: whether bases are kept, for how long, and what they
    come to. Returns how many households were closed; fewer than ``limit`` are the last.

    Raises:
        NoPolicy: the county had no policy on the day.
    """
    policy = award_queries.policy_of(county_id, last_day)
    rules = read_rules(policy.rules)
    if not rules.score_months or policy.approved_by is None:
        return 0
    period = reckoning.period_of(last_day, rules.score_months)
    if period.last_day != last_day:
        return 0
    found = queries.unscored(county_id, period, checks_min=rules.score_checks_min, limit=limit)
    lock_households(checked.household_id for checked in found)
    events = [
        event
        for checked in found
        if (event := _closed(county_id, policy.version, rules, period, checked, at)) is not None
    ]
    awards.decide(
        county_id=county_id,
        events=events,
        decided_by=policy.approved_by,
        decided_as=Role.COUNTY_ADMIN,
        at=at,
    )
    return len(found)


def _closed(
    county_id: int, version: int, rules: Rules, period: Period, checked: Checked, at: datetime
) -> awards.Event | None:
    """What the closing earns; None when somebody else closed it at this moment."""
    items = reckoning.items(rules, checked.findings)
    score = sum(item.left for item in items.values())
    added = (
        insert(Score)
        .values(
            county_id=county_id,
            id=uuid7(at),
            household_id=checked.household_id,
            first_day=period.first_day,
            last_day=period.last_day,
            checks=checked.checks,
            items=reckoning.as_json(items),
            score=score,
            policy_version=version,
            closed_at=at,
        )
        .on_conflict_do_nothing()
        .returning(Score.id)
    )
    score_id = db.session.scalar(added)
    if score_id is None:
        return None
    return awards.Event(
        household_id=checked.household_id,
        village_id=checked.village_id,
        rule=awards.Rule.SCORE,
        evidence_kind=awards.Evidence.SCORE,
        evidence_id=score_id,
        happened_at=clock.day_end(period.last_day) - timedelta(seconds=1),
        quantity=score,
    )
