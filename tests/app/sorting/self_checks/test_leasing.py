"""Photos are lent to reviewers, the oldest first, each to one person at a time."""

import pytest

from app.kernel.db import db, transaction
from app.register.households.models import RelationKind
from app.register.identity.roles import Role
from app.sorting.self_checks.leasing import OPINIONS, lease
from app.sorting.self_checks.models import Review
from app.sorting.self_checks.settings import SETTINGS
from tests.given.self_checks import body_of, judge, leased, review_id, verdict


@pytest.fixture
def line(waiting, noon, reviewer):
    """Photos that wait, a minute apart: their first reviews, the oldest first."""

    def wait(count: int, of=None) -> list[str]:
        ids = []
        for _ in range(count):
            ids.append(str(review_id(reviewer, waiting(of))))
            noon.move(minutes=1)
        return ids

    return wait


@pytest.fixture
def another(given, family):
    """The client of one more reviewer of the village."""
    return given.staff(Role.REVIEWER, family.village.id)


def ids(items) -> list[str]:
    return [item["id"] for item in items]


def test_the_oldest_are_lent_and_the_next_ones_with_it(line, reviewer):
    waiting = line(4)

    assert ids(leased(reviewer)) == waiting[:3]


def test_what_is_lent_does_not_say_whose_it_is_or_which_review(line, family, reviewer, noon):
    line(1)

    (item,) = leased(reviewer)

    assert set(item) == {
        *("id", "photo_id", "thumb_url", "photo_url"),
        *("village", "group", "submitted_at", "findings", "leased_until"),
    }
    assert (item["group"], item["findings"]) == ("一组", [])
    assert item["leased_until"] == noon.move(minutes=5).isoformat()


def test_two_people_never_hold_one_photo(line, reviewer, another):
    waiting = line(5)

    assert ids(leased(reviewer)) == waiting[:3]
    assert ids(leased(another)) == waiting[3:]
    assert ids(leased(reviewer)) == waiting[:3]


def test_who_comes_back_gets_their_own_again_renewed_and_filled_up(line, reviewer, noon):
    waiting = line(4)
    leased(reviewer)
    verdict(reviewer, waiting[0], body_of())
    noon.move(minutes=4)

    again = leased(reviewer)

    assert ids(again) == waiting[1:]
    assert {item["leased_until"] for item in again} == {noon.move(minutes=5).isoformat()}


def test_a_lapsed_lease_goes_back_to_its_place(line, reviewer, another, noon):
    waiting = line(4)
    leased(reviewer)
    noon.move(minutes=5)

    assert ids(leased(another)) == waiting[:3]
    assert ids(leased(reviewer)) == waiting[3:]


def test_a_lapsed_lease_that_nobody_took_may_still_be_used(line, reviewer, noon):
    (waiting,) = line(1)
    leased(reviewer)
    noon.move(hours=2)

    assert verdict(reviewer, waiting, body_of()).status_code == 200


def test_a_verdict_after_somebody_else_took_it_is_refused(
    app, line, reviewer, another, given, family, noon
):
    (waiting,) = line(1)
    leased(reviewer)
    noon.move(minutes=6)
    leased(another)

    late = verdict(reviewer, waiting, body_of())

    assert (late.status_code, late.json["code"]) == (409, "review.not_leased")
    assert late.json["message"] == "这张照片不在您手上，可能已交给别人审核，请领下一张"
    assert given.spendable(family) == 0
    assert verdict(another, waiting, body_of()).status_code == 200


def test_what_was_never_lent_is_not_judged(line, reviewer, given, family):
    (waiting,) = line(1)

    judged = verdict(reviewer, waiting, body_of())

    assert (judged.status_code, judged.json["code"]) == (409, "review.not_leased")
    assert given.spendable(family) == 0


def test_leaving_gives_back_what_one_holds(line, reviewer, another):
    waiting = line(3)
    leased(reviewer)

    assert reviewer.delete("/api/v1/reviews/leases").status_code == 204

    assert ids(leased(another)) == waiting
    assert verdict(reviewer, waiting[0], body_of()).status_code == 409


def test_the_area_of_the_role_is_the_area_of_the_queue(given, line, family, reviewer, another):
    elsewhere = given.household(village=given.village())
    ours, theirs = line(1), line(1, elsewhere)

    assert ids(leased(another)) == ours
    assert ids(leased(reviewer)) == theirs


def test_nobody_is_lent_their_own_household(given, line, family):
    line(1)
    user_id = given.user()
    given.grant(user_id, Role.REVIEWER, family.village.id)
    bound = given.resident(family, user_id=user_id)

    assert leased(bound) == []


def test_who_was_bound_once_stays_of_the_household(given, line, family):
    line(1)
    user_id = given.user()
    given.grant(user_id, Role.REVIEWER, family.village.id)
    bound = given.resident(family, user_id=user_id)
    binding = bound.get("/api/v1/me").json["binding_id"]
    assert bound.delete(f"/api/v1/bindings/{binding}").status_code == 204

    assert leased(given.signed_in(user_id)) == []


@pytest.mark.parametrize("kind", RelationKind)
def test_a_related_household_is_left_to_others(given, line, family, reviewer, kind):
    relatives = given.household(village=family.village)
    user_id = given.user()
    given.grant(user_id, Role.REVIEWER, family.village.id)
    related = given.resident(relatives, user_id=user_id)
    (waiting,) = line(1)
    assert ids(leased(related)) == [waiting]
    admin = given.staff(Role.VILLAGE_ADMIN, family.village.id)

    entered = admin.post(
        "/api/v1/household-relations",
        json={
            "household_id": str(family.id),
            "other_id": str(relatives.id),
            "kind": kind.value,
        },
    )

    assert entered.status_code == 201
    refused = verdict(related, waiting, body_of())
    assert (refused.status_code, refused.json["code"]) == (403, "review.own_household")
    assert given.spendable(family) == 0
    assert leased(related) == []
    related.delete("/api/v1/reviews/leases")
    assert ids(leased(reviewer)) == [waiting]


def test_a_liaison_does_not_judge_the_households_they_visit(given, line, family):
    liaisons = given.household(village=family.village, is_party=True)
    visited = given.household(village=family.village, liaison=liaisons)
    user_id = given.user()
    given.grant(user_id, Role.REVIEWER, family.village.id)
    liaison = given.resident(liaisons, user_id=user_id)
    given.budget(family.village, 10)
    (of_others,) = line(1)
    line(1, visited)

    assert ids(leased(liaison)) == [of_others]


def test_a_county_chooses_how_long_a_lease_lasts(given, line, reviewer, senior, noon):
    line(1)
    numbers = senior.get("/api/v1/reviews/settings").json
    assert numbers == {
        "lease_minutes": 5,
        "second_percent": 5,
        "overdue_minutes": 60,
        "appeal_days": 7,
        "quick_seconds": 3,
    }

    given.setting(SETTINGS, lease_minutes=9)

    assert senior.get("/api/v1/reviews/settings").json == {**numbers, "lease_minutes": 9}
    assert leased(reviewer)[0]["leased_until"] == noon.move(minutes=9).isoformat()


def test_only_the_county_chooses(given, family, reviewer):
    town = given.staff(Role.TOWN_ADMIN, family.village.town_id)
    numbers = town.get("/api/v1/reviews/settings").json

    for client in (town, reviewer):
        assert client.put("/api/v1/reviews/settings", json=numbers).status_code == 403


@pytest.mark.parametrize("change", [{"second_percent": 2}, {"lease_minutes": 0}])
def test_a_number_out_of_range_is_refused(senior, change):
    numbers = senior.get("/api/v1/reviews/settings").json

    refused = senior.put("/api/v1/reviews/settings", json={**numbers, **change})

    assert refused.status_code == 422
    assert senior.get("/api/v1/reviews/settings").json == numbers


def test_what_waits_is_counted_by_area(given, line, family, reviewer, noon):
    line(2)
    since = noon.move(minutes=-2).isoformat()
    leased(reviewer)
    elsewhere = given.staff(Role.VILLAGE_ADMIN, given.village().id)

    assert reviewer.get("/api/v1/reviews/waiting").json["items"] == [
        {"stage": "first", "waiting": 2, "leased": 2, "oldest_since": since}
    ]
    assert elsewhere.get("/api/v1/reviews/waiting").json["items"] == []


def test_asking_costs_as_many_queries_for_three_as_for_one(app, line, family, given, queries, noon):
    def count() -> int:
        reviewer = given.caller(Role.REVIEWER, family.village.id)
        with app.app_context(), transaction(), queries() as seen:
            assert lease(stages=OPINIONS, by=reviewer, at=noon())
        return len(seen)

    line(1)
    one = count()
    line(3)

    assert (one, count()) == (7, 7)


def test_what_is_judged_does_not_come_back(app, waiting, reviewer):
    judge(reviewer, waiting())
    judge(reviewer, waiting(), "wrong_kind")

    assert leased(reviewer) == []
    with app.app_context():
        assert db.session.query(Review).count() == 2
