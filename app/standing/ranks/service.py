"""Ranking a region's span once, and awarding the places that win."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from app.kernel import clock
from app.kernel.db import db
from app.kernel.ids import uuid7
from app.points import awards
from app.points.awards import queries as award_queries
from app.points.awards.models import Policy
from app.points.awards.rules import Rule, Rules, read_rules
from app.register.households.locking import lock_households
from app.register.identity.roles import Role
from app.standing.ranks import queries
from app.standing.ranks.models import Place, Ranking, Span
from app.standing.ranks.queries import Runner


def spans_due(*, county_id: int, last_day: date, at: datetime) -> tuple[Span, ...]:
    """The spans that end on the last day of a month and may be ranked now.

    Raises:
        NoPolicy: the county had no policy on the day.
    """
    policy = award_queries.policy_of(county_id, last_day)
    rules = read_rules(policy.rules)
    if policy.approved_by is None or clock.day_of(at) <= last_day + timedelta(
        days=rules.rank_wait_days
    ):
        return ()
    wanted = [span for span in Span if _is_on(rules, span)]
    return tuple(span for span in wanted if last_day.month % span.months == 0)


def rank(
    *, county_id: int, span: Span, last_day: date, region_id: UUID, at: datetime
) -> tuple[awards.Award, ...]:
    """Rank the households of a group or village by what they earned, and award who wins.

    Shares are of all its households, rounded up to a whole one; who earned as much as the last of
    them wins too. A region is ranked once for a span.
    """
    policy = award_queries.policy_of(county_id, last_day)
    assert policy.approved_by is not None, "spans_due says so"
    rules = read_rules(policy.rules)
    ranking = _ranking(policy, span, last_day, region_id, at)
    if ranking is None:
        return ()
    found = queries.runners(
        county_id,
        region_id,
        first=ranking.first_day,
        last=last_day,
        active_days_min=rules.rank_active_days * span.months,
    )
    won = winners(rules, span, found, of=ranking.households)
    lock_households(runner.household_id for runner, _, _ in won)
    events = [_event(ranking, runner, place, rule, at) for runner, place, rule in won]
    db.session.flush()
    return awards.decide(
        county_id=county_id,
        events=events,
        decided_by=policy.approved_by,
        decided_as=Role.COUNTY_ADMIN,
        at=at,
    )


def winners(
    rules: Rules, span: Span, found: Sequence[Runner], *, of: int
) -> list[tuple[Runner, int, Rule]]:
    """Who wins what, with their places. ``found`` begins with who earned most."""
    won = []
    place = 0
    for number, runner in enumerate(found, start=1):
        if number == 1 or runner.points < found[number - 2].points:
            place = number  # equal points, equal place
        rule = _prize(rules, span, place, of)
        if rule is None:
            break
        won.append((runner, place, rule))
    return won


def _prize(rules: Rules, span: Span, place: int, of: int) -> Rule | None:
    if span is not Span.MONTH:
        rule = Rule.RANK_HALF_YEAR if span is Span.HALF_YEAR else Rule.RANK_YEAR
        return rule if place <= _share(of, rules.rank_village_percent) else None
    if place <= _share(of, rules.rank_month_percent):
        return Rule.RANK_MONTH
    if place <= _share(of, rules.rank_month_percent + rules.rank_month_next_percent):
        return Rule.RANK_MONTH_NEXT
    return None


def _share(of: int, percent: int) -> int:
    return -(-of * percent // 100)


def _is_on(rules: Rules, span: Span) -> bool:
    return rules.rank_in_groups if span is Span.MONTH else rules.rank_in_villages


def _ranking(
    policy: Policy, span: Span, last_day: date, region_id: UUID, at: datetime
) -> Ranking | None:
    """The region's ranking; None when somebody has ranked it."""
    board_id = uuid7(at)
    added = (
        insert(Ranking)
        .values(
            county_id=policy.county_id,
            id=board_id,
            span=span,
            first_day=date(last_day.year, last_day.month - span.months + 1, 1),
            last_day=last_day,
            region_id=region_id,
            households=queries.households_in(region_id),
            policy_version=policy.version,
            closed_at=at,
        )
        .on_conflict_do_nothing()
        .returning(Ranking.id)
    )
    if db.session.scalar(added) is None:
        return None
    return db.session.get_one(Ranking, (policy.county_id, board_id))


def _event(ranking: Ranking, runner: Runner, place: int, rule: Rule, at: datetime) -> awards.Event:
    won = Place(
        county_id=ranking.county_id,
        id=uuid7(at),
        board_id=ranking.id,
        household_id=runner.household_id,
        place=place,
        points=runner.points,
        active_days=runner.active_days,
    )
    db.session.add(won)
    return awards.Event(
        household_id=runner.household_id,
        village_id=runner.village_id,
        rule=rule,
        evidence_kind=awards.Evidence.PLACE,
        evidence_id=won.id,
        happened_at=clock.day_end(ranking.last_day) - timedelta(seconds=1),
    )
