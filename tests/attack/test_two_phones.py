"""One person, known on two phones, of whom each rule sees only the one that calls."""

import pytest
from sqlalchemy import select

from app.kernel.db import db
from app.register.identity.roles import Role
from app.sorting.self_checks import judging
from app.sorting.self_checks.models import Review
from tests.given.http import assert_refused, user_of
from tests.given.inspections import look
from tests.given.persons import NUMBERS
from tests.given.self_checks import body_of, leased, review_id, screen, send, verdict


@pytest.fixture
def village(given):
    village = given.village()
    given.budget(village, 1_000)
    return village


@pytest.fixture
def home(given, village):
    """The liar's own household, whose head is somebody else of it."""
    return given.household(village=village)


def second_phone(given, app, place, family, number):
    """Bound before a worker as a member without an ID number; then seen with a document."""
    worker = given.staff(Role.TOWN_ADMIN, place.town_id)
    client = given.visitor()
    code = client.post("/api/v1/bindings/code").json["code"]
    body = {
        "code": code,
        "household_id": str(family.id),
        "member_name": "王小刚",
        "document": "id_card",
    }
    assert worker.post("/api/v1/bindings/in-person", json=body).status_code == 201
    given.grant(user_of(app, client), Role.GROUP_LEADER, place.group_id)
    given.person(user_of(app, client), number)
    return given.signed_in(user_of(app, client))


def test_a_keeper_does_not_grade_the_household_of_their_other_phone(app, given, village, home):
    keeper = given.staff(Role.BOOTH_KEEPER, village.group_id)
    given.person(user_of(app, keeper), NUMBERS[0])
    second_phone(given, app, village, home, NUMBERS[0])

    answer = look(keeper, home, "booth")

    assert_refused(answer, 403, "trust.same_household")
    assert given.spendable(home) == 0


def test_a_reviewer_does_not_judge_the_household_of_their_other_phone(app, given, village, home):
    reviewer = given.staff(Role.REVIEWER, village.id)
    given.person(user_of(app, reviewer), NUMBERS[0])
    theirs = second_phone(given, app, village, home, NUMBERS[0])
    sent = send(theirs).json
    screen(sent["id"])

    assert leased(reviewer) == []


def test_the_second_opinion_is_not_the_first_reviewers_on_another_phone(
    app, given, village, home, monkeypatch
):
    monkeypatch.setattr(judging, "is_sampled", lambda *_: True)
    first, second = (given.staff(Role.REVIEWER, village.id) for _ in range(2))
    for phone in (first, second):
        given.person(user_of(app, phone), NUMBERS[0])
    sent = send(given.resident(home)).json
    screen(sent["id"])
    leased(first)
    assert verdict(first, review_id(first, sent["id"]), body_of()).status_code == 200

    assert leased(second) == []
    with app.app_context():
        judged = db.session.scalars(select(Review.judged_by).where(Review.judged_by.is_not(None)))
        assert judged.all() == [user_of(app, first)]


def test_two_phones_of_a_reviewer_do_not_judge_twice_as_fast(app, given, village):
    first, second = (given.staff(Role.REVIEWER, village.id) for _ in range(2))
    for phone in (first, second):
        given.person(user_of(app, phone), NUMBERS[0])
    for _ in range(4):
        sent = send(given.resident(given.household(village=village))).json
        screen(sent["id"])
    ones, others = leased(first), leased(second)

    assert verdict(first, ones[0]["id"], body_of()).status_code == 200
    at_once = second.post(
        f"/api/v1/reviews/{others[0]['id']}/verdict",
        json=body_of(),
        headers={"Idempotency-Key": "k" * 16},
    )

    assert_refused(at_once, 409, "review.not_looked_at")
