"""What a redemption asks of the database, and what a code is worth without a shop."""

import pytest

from tests.given.built import built
from tests.given.http import post, user_of

# Who calls · key · shop with merchant and county · code · binding · whether the counter is the
# household's own · how much new means have spent · redemption, trace and used code (3) · notice ·
# points · limits of the day · answer kept.
STATEMENTS = 14


def test_a_redemption_costs_fourteen_statements(phone, counter, queries):
    body = {"code": phone.post("/api/v1/pay-codes").json["code"], "points": 100}

    with queries() as seen:
        assert post(counter.clerk, "redemptions", body).status_code == 201

    assert len(seen) == STATEMENTS, seen


@pytest.mark.parametrize("form", ["code", "digits"])
def test_a_redemption_like_the_one_before_builds_no_statement(form, phone, counter):
    for _ in range(2):
        body = {form: phone.post("/api/v1/pay-codes").json[form], "points": 100}
        with built() as seen:
            assert post(counter.clerk, "redemptions", body).status_code == 201

    assert seen == []


def test_limits_of_the_day_cost_one_of_them(phone, counter, limits, queries):
    limits(household_day_points=None, shop_day_points=None)
    body = {"code": phone.post("/api/v1/pay-codes").json["code"], "points": 100}

    with queries() as seen:
        assert post(counter.clerk, "redemptions", body).status_code == 201

    assert len(seen) == STATEMENTS - 1, seen


@pytest.mark.parametrize("form", ["code", "digits"])
def test_a_code_is_worthless_without_a_shops_session(form, app, given, family, phone, moved):
    body = {form: phone.post("/api/v1/pay-codes").json[form], "points": 100}

    assert post(app.test_client(), "redemptions", body).status_code == 401
    for somebody in (given.visitor(), given.resident(family), phone):
        assert post(somebody, "redemptions", body).status_code == 403
    assert moved() == (15_000, 0)


def test_a_code_is_worthless_to_a_dismissed_clerk(app, phone, counter, moved):
    clerk_id = user_of(app, counter.clerk)
    body = {"code": phone.post("/api/v1/pay-codes").json["code"], "points": 100}
    gone = counter.owner.delete(counter.url(f"clerks/{clerk_id}"))

    assert gone.status_code == 204
    assert post(counter.clerk, "redemptions", body).status_code == 401
    assert moved() == (15_000, 0)
