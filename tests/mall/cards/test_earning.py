"""Earning without a phone: found by the card, photographed by the liaison."""

from itertools import count

import pytest

from app.kernel.db import db
from app.register.identity.roles import Role
from app.sorting.self_checks import jobs
from app.sorting.self_checks.models import SelfCheck
from tests.given import pictures
from tests.given.factories import COUNTY
from tests.given.http import assert_refused, post, user_of
from tests.given.self_checks import look
from tests.given.uploads import upload

_pictures = count(20_000)


def send(client, family=None):
    fields = {"household_id": str(family.id)} if family else {}
    return upload(client, "/api/v1/self-checks", pictures.photo(next(_pictures)), **fields)


@pytest.mark.parametrize("role", [Role.BOOTH_KEEPER, Role.COLLECTOR])
def test_booth_keeper_and_collector_find_a_household_by_its_card(given, family, paper, role):
    worker = given.staff(role, family.village.id)

    for text in (paper.qr, paper.number):
        found = worker.get("/api/v1/households/find", query_string={"card": text})
        assert found.status_code == 200, found.json
        assert [(row["id"], row["head"]) for row in found.json["items"]] == [
            (str(family.id), "王**")
        ]


def test_a_card_that_is_blocked_or_not_handed_over_still_earns(given, office, family):
    paper = office.printed(family)
    worker = given.staff(Role.BOOTH_KEEPER, family.village.id)

    def found():
        return worker.get("/api/v1/households/find", query_string={"card": paper.qr})

    assert len(found().json["items"]) == 1
    office.admin(family).post(f"/api/v1/cards/{office.card(paper).id}/block")
    assert len(found().json["items"]) == 1
    office.printed(family)
    assert_refused(found(), 404, "cards.not_found")


def test_a_card_from_elsewhere_is_not_found_in_their_place(given, paper):
    elsewhere = given.staff(Role.COLLECTOR, given.village().id)

    found = elsewhere.get("/api/v1/households/find", query_string={"card": paper.qr})

    assert found.json["items"] == []


@pytest.mark.parametrize("query", [{}, {"card": "123456789", "door": "1"}])
def test_one_searches_by_door_or_by_card(given, family, query):
    worker = given.staff(Role.COLLECTOR, family.village.id)

    assert worker.get("/api/v1/households/find", query_string=query).status_code == 422


def test_a_liaison_sends_a_photo_for_a_household_without_a_phone(app, given, family, liaison):
    given.budget(family.village, 1_000)
    reviewer = given.staff(Role.REVIEWER, family.village.county_region_id)

    sent = send(liaison, family)

    assert sent.status_code == 201, sent.json
    with app.app_context():
        self_check = db.session.get_one(SelfCheck, (COUNTY, sent.json["id"]))
    assert (self_check.household_id, self_check.user_id) == (family.id, user_of(app, liaison))
    with app.app_context():
        jobs.screen(str(COUNTY), sent.json["id"])
    (leased,) = reviewer.post("/api/v1/reviews/next").json["items"]
    look()
    judged = post(reviewer, f"reviews/{leased['id']}/verdict", {"verdict": "approve"})
    assert judged.status_code == 200, judged.json
    assert given.spendable(family) == 10_005


def test_the_one_who_sent_it_does_not_judge_it(app, given, family, liaison):
    given.grant(user_of(app, liaison), Role.REVIEWER, family.village.id)

    sent = send(liaison, family)
    with app.app_context():
        jobs.screen(str(COUNTY), sent.json["id"])

    assert liaison.post("/api/v1/reviews/next").json["items"] == []


def test_a_household_that_acts_by_phone_sends_its_own(app, given, family, liaison):
    given.resident(family)

    assert_refused(send(liaison, family), 404, "cards.not_helped")
    with app.app_context():
        assert db.session.query(SelfCheck).count() == 0


def test_a_household_that_lives_by_its_card_is_helped_though_a_child_is_bound(
    given, office, family, liaison
):
    given.resident(family)
    office.active(family)

    assert send(liaison, family).status_code == 201


def test_nobody_but_its_liaison_sends_for_a_household(app, given, family):
    neighbour = given.resident(given.household(village=family.village))

    assert_refused(send(neighbour, family), 404, "cards.not_helped")
    with app.app_context():
        assert db.session.query(SelfCheck).count() == 0


def test_without_a_household_the_photo_is_ones_own(app, liaison):
    sent = send(liaison)

    with app.app_context():
        self_check = db.session.get_one(SelfCheck, (COUNTY, sent.json["id"]))
    assert self_check.user_id == user_of(app, liaison)
