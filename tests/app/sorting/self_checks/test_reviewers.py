"""How reviewers judge, in figures."""

import pytest

from app.register.identity.roles import Role
from app.sorting.self_checks.records import Agreement
from tests.given.self_checks import body_of, judge, leased, review_id, rule, verdict

JUNE = "since=2026-06-01&until=2026-06-30"


@pytest.fixture
def second(given, family):
    return given.staff(Role.REVIEWER, family.village.id)


@pytest.fixture
def judged(sampled, waiting, reviewer, second, noon):
    """Photos judged by both, four and nine seconds after each was lent, as pairs of reasons."""
    sampled(True)

    def run(*pairs) -> list[str]:
        ids = []
        for first_reason, second_reason in pairs:
            ids.append(waiting())
            leased(reviewer)
            noon.move(seconds=2)
            judge(reviewer, ids[-1], first_reason)
            leased(second)
            noon.move(seconds=7)
            found = review_id(second, ids[-1], "second")
            verdict(second, found, body_of(second_reason))
        return ids

    return run


def figures(client, query=JUNE):
    return client.get(f"/api/v1/reviewers?{query}").json["items"]


def own(client, query=JUNE):
    return client.get(f"/api/v1/reviewers/me?{query}").json["figures"]


@pytest.mark.parametrize(
    ("seen", "percent", "kappa"),
    [
        (Agreement(20, 5, 10, 15), 70.0, 0.4),
        (Agreement(45, 15, 25, 15), 60.0, 0.13),
        (Agreement(1, 0, 0, 1), 100.0, 1.0),
        (Agreement(0, 1, 1, 0), 0.0, -1.0),
        (Agreement(7, 0, 0, 0), 100.0, None),
        (Agreement(0, 0, 0, 0), None, None),
    ],
)
def test_kappa_is_that_of_the_books(seen, percent, kappa):
    assert (seen.percent(), seen.kappa()) == (percent, kappa)


def test_a_reviewer_in_figures(judged, reviewer, second, senior):
    ids = judged((None, None), (None, "wrong_kind"), ("wrong_kind", "unreadable"))
    rule(senior, ids[1], "wrong_kind")

    mine = own(reviewer)
    assert mine == {
        "id": mine["id"],
        "name": None,
        "judged": 3,
        "approved_percent": 66.7,
        "escalated": 0,
        "judged_twice": 3,
        "agreement_percent": 66.7,
        "kappa": 0.4,
        "median_seconds": 4.0,
        "is_quick": False,
        "overturned_by_third": 1,
        "overturned_on_appeal": 0,
    }
    theirs = own(second)
    assert (theirs["judged"], theirs["judged_twice"], theirs["kappa"]) == (3, 0, None)
    assert theirs["median_seconds"] == 9.0
    assert {row["id"]: row for row in figures(senior)} == {mine["id"]: mine, theirs["id"]: theirs}


def test_a_photo_lent_ahead_counts_from_the_verdict_before(waiting, reviewer, noon):
    ids = [waiting(), waiting(), waiting()]
    leased(reviewer)
    for seconds, self_check_id in zip((8, 0, 4), ids, strict=True):
        noon.move(seconds=seconds)
        judge(reviewer, self_check_id)

    assert own(reviewer)["median_seconds"] == 6.0


def test_who_judges_many_too_quickly_is_marked(waiting, reviewer, noon):
    for _ in range(20):
        self_check_id = waiting()
        judge(reviewer, self_check_id, "wrong_kind")

    assert (own(reviewer)["median_seconds"], own(reviewer)["is_quick"]) == (2.0, True)


def test_figures_are_of_the_area_and_the_period(given, judged, family, senior):
    judged((None, None))
    auditor = given.staff(Role.AUDITOR, family.village.county_region_id)
    town = given.staff(Role.TOWN_ADMIN, family.village.town_id)
    elsewhere = given.staff(Role.TOWN_ADMIN, given.village().town_id)

    assert [len(figures(client)) for client in (senior, auditor, town, elsewhere)] == [2, 2, 2, 0]
    assert figures(senior, "since=2026-05-01&until=2026-05-31") == []
    (first,) = figures(senior, f"{JUNE}&limit=1")
    (last,) = figures(senior, f"{JUNE}&limit=1&before={first['id']}")
    assert first["id"] > last["id"]


def test_reviewers_see_their_own_figures_only(reviewer, given, family):
    assert reviewer.get(f"/api/v1/reviewers?{JUNE}").status_code == 403
    assert own(reviewer) is None
    village = given.staff(Role.VILLAGE_ADMIN, family.village.id)
    assert village.get(f"/api/v1/reviewers?{JUNE}").status_code == 403


@pytest.mark.parametrize("query", ["", "since=2026-06-02&until=2026-06-01"])
def test_a_period_is_needed(senior, query):
    assert senior.get(f"/api/v1/reviewers?{query}").status_code == 422


def test_figures_cost_as_many_queries_for_two_as_for_one(judged, senior, queries):
    judged((None, None))

    with queries() as one:
        figures(senior, f"{JUNE}&limit=1")
    with queries() as two:
        assert len(figures(senior)) == 2

    assert len(one) == len(two)
