"""Who earned most among neighbours wins, where the county wants ranks at all."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID, uuid4

import pytest
from sqlalchemy import create_engine, func, select, text

from app.kernel import clock
from app.kernel.db import db, transaction
from app.points import awards
from app.points.awards import jobs as award_jobs
from app.points.awards import service as award_service
from app.points.awards.models import Award
from app.points.awards.rules import Rule, Rules
from app.register.identity.roles import Role
from app.standing.ranks import jobs, service
from app.standing.ranks.models import Place, Ranking, Span
from app.standing.ranks.proof import QUESTIONS
from app.standing.ranks.queries import Runner
from tests.given.factories import COUNTY


@pytest.fixture
def village(given):
    village = given.village()
    given.budget(village, 100_000)
    return village


@pytest.fixture
def ranking(app, given, noon):
    """Let the county rank from today on; one active day a month is enough."""

    def on(**more) -> None:
        given.county()
        approver = given.user()
        with app.app_context(), transaction():
            awards.add_policy(
                county_id=COUNTY,
                table=awards.Table(replace(Rules(), **{"rank_active_days": 1} | more)),
                in_force_from=clock.day_of(noon()),
                made_by=None,
                approved_by=approver,
                at=noon(),
            )

    return on


@pytest.fixture
def prizes(app):
    """Every prize: rule, household and points."""

    def read() -> list[tuple]:
        with app.app_context():
            rows = db.session.execute(
                select(Award.rule, Award.household_id, Award.points).where(Award.source == "rank")
            )
            return sorted((rule.value, household, points) for rule, household, points in rows)

    return read


def night(noon, month: int, day: int = 6, year: int = 2026) -> None:
    noon.at = datetime(year, month, day, 1, 10, tzinfo=clock.CALENDAR).astimezone(UTC)
    jobs.rank_households()


def runners(*points: int) -> list[Runner]:
    return [Runner(uuid4(), uuid4(), each, 20) for each in points]


@pytest.mark.parametrize(
    ("points", "of", "won"),
    [
        # Of ten, one and then two more.
        ([9, 8, 7, 6], 10, [(1, Rule.RANK_MONTH), (2, Rule.RANK_MONTH_NEXT), (3, "next")]),
        # Two share the first place; the third still lies within three of ten.
        ([9, 9, 7, 6], 10, [(1, Rule.RANK_MONTH), (1, Rule.RANK_MONTH), (3, "next")]),
        # Who earned as much as the last winner wins too.
        ([9, 8, 7, 7, 7, 6], 10, [(1, Rule.RANK_MONTH), (2, "next")] + [(3, "next")] * 3),
        ([9], 1, [(1, Rule.RANK_MONTH)]),  # rounded up to a whole household
        ([], 10, []),
    ],
)
def test_shares_are_of_the_whole_group_and_equal_points_win_alike(points, of, won):
    found = service.winners(Rules(), Span.MONTH, runners(*points), of=of)

    expected = [(place, Rule.RANK_MONTH_NEXT if rule == "next" else rule) for place, rule in won]
    assert [(place, rule) for _, place, rule in found] == expected


def test_a_groups_month_is_ranked_once_and_answers_why(
    app, given, decide, village, ranking, prizes, noon
):
    ranking(rank_in_groups=True)
    homes = [given.household(village=village) for _ in range(4)]
    for home, rules in zip(
        homes, [[Rule.CHECKED_A, Rule.SELF_CHECK], [Rule.CHECKED_A], [Rule.CHECKED_B]], strict=False
    ):
        for rule in rules:
            decide(home, rule)

    night(noon, 7, day=5)
    assert prizes() == []  # what was photographed on the last day may still be judged
    night(noon, 7)
    night(noon, 7, day=7)
    award_jobs.pay_waiting()

    assert prizes() == [
        ("rank.month", homes[0].id, 500),
        ("rank.month_next", homes[1].id, 200),
    ]
    assert given.spendable(homes[0]) == 515
    (prize, *_) = given.resident(homes[0]).get("/api/v1/awards").json["items"]
    assert (prize["message"], prize["day"]) == ("本月在组里排在最前面，得 500 分", "2026-06-30")
    with app.app_context():
        place = db.session.get(Place, (COUNTY, UUID(prize["evidence_id"])))
        assert (place.place, place.points, place.active_days) == (1, 15, 1)


def test_without_the_switch_nobody_is_ranked(app, given, decide, village, ranking, prizes, noon):
    ranking()
    decide(given.household(village=village))

    night(noon, 7)

    assert prizes() == []
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Ranking)) == 0


def test_too_few_active_days_officials_and_what_was_reversed_do_not_count(
    app, given, decide, village, ranking, prizes, noon
):
    ranking(rank_in_groups=True, rank_active_days=2)
    seldom, official, reversed_, often = (given.household(village=village) for _ in range(4))
    user = given.user()
    given.grant(user, Role.VILLAGE_ADMIN, village.id)
    given.resident(official, user_id=user)
    decide(seldom, Rule.CHECKED_A)
    for _ in range(2):
        decide(official, Rule.CHECKED_A)
        last = decide(reversed_, Rule.CHECKED_A)
        decide(often, Rule.SELF_CHECK)
        noon.move(days=1)
    with app.app_context(), transaction():
        award_service.reverse(county_id=COUNTY, award_id=last.id, because="误评", at=noon())

    night(noon, 7)

    assert prizes() == [("rank.month", often.id, 500)]


def test_half_years_and_years_are_ranked_by_village(given, decide, village, ranking, prizes, noon):
    ranking(rank_in_villages=True)
    family, neighbour = (given.household(village=village) for _ in range(2))
    for month in range(6, 13):
        noon.at = datetime(2026, month, 1, 4, tzinfo=UTC)
        decide(family, Rule.CHECKED_A)
        decide(neighbour, Rule.SELF_CHECK)

    night(noon, 1, year=2027)

    # Six active days for the half-year; the year would need twelve.
    assert prizes() == [("rank.half_year", family.id, 2_000)]


def test_two_nights_at_once_rank_a_group_once(
    app, committed, given, decide, village, ranking, prizes, noon
):
    ranking(rank_in_groups=True)
    family = given.household(village=village)
    decide(family)
    noon.at = datetime(2026, 7, 6, 1, tzinfo=UTC)

    def rank(_):
        with app.app_context(), transaction():
            return len(
                service.rank(
                    county_id=COUNTY,
                    span=Span.MONTH,
                    last_day=date(2026, 6, 30),
                    region_id=village.group_id,
                    at=noon(),
                )
            )

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(rank, range(6))) == 1

    assert prizes() == [("rank.month", family.id, 500)]
    (question,) = QUESTIONS.values()
    engine = create_engine(app.config["SETTINGS"].database_owner_url)
    with engine.connect() as owner:
        assert owner.execute(text(question)).all() == []
        for lie in ("DELETE FROM places", "UPDATE boards SET span = 'year'"):
            owner.execute(text(lie))
            assert len(owner.execute(text(question)).all()) == 1
            owner.rollback()
    engine.dispose()
