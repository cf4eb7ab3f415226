"""A new means of a household with points pays at most 500 points a day, whatever it buys."""

import pytest

from app.kernel.db import db, transaction
from app.points.means import cooling
from mall.redemption.models import PendingPayment
from tests.given.cards import PIN, named
from tests.given.factories import COUNTY
from tests.given.http import assert_refused, post, user_of


@pytest.fixture
def new(app, noon):
    """``new(client, family)``: this phone has just come to the household."""

    def make(client, family):
        with app.app_context(), transaction():
            cooling.begin(
                county_id=COUNTY,
                household_id=family.id,
                means_id=user_of(app, client),
                at=noon(),
            )
        return client

    return make


def left(answer) -> int:
    assert_refused(answer, 409, "trust.cooling_off")
    return answer.json["details"]["left"]


def pays_by_card(counter, paper, points, proxy_id=None):
    body = {"card": paper.qr, "pin": PIN, "points": points, "proxy_id": proxy_id}
    return post(counter.clerk, "cards/redemptions", body)


def test_by_the_code_that_hangs_in_the_shop(given, family, counter, new):
    phone = new(given.resident(family), family)
    code = counter.owner.post(counter.url("code")).json["code"]

    assert left(post(phone, "shop-codes/payments", {"code": code, "points": 501})) == 500
    assert post(phone, "shop-codes/payments", {"code": code, "points": 300}).status_code == 201
    assert left(post(phone, "shop-codes/payments", {"code": code, "points": 201})) == 200
    assert given.spendable(family) == 3_700


def test_by_a_card_that_was_handed_over_now(given, office, family, counter):
    paper = office.printed(family)
    assert office.hand_over(family, paper).status_code == 200

    assert left(pays_by_card(counter, paper, 501)) == 500
    assert pays_by_card(counter, paper, 500).status_code == 201
    assert left(pays_by_card(counter, paper, 1)) == 0
    assert given.spendable(family) == 3_500


def test_by_a_card_whose_pin_is_new(given, office, family, counter):
    paper = office.active(family)
    assert pays_by_card(counter, paper, 600).status_code == 201
    assert office.hand_over(family, paper).status_code == 200

    assert left(pays_by_card(counter, paper, 501)) == 500


def test_by_a_proxy_who_was_named_now_and_not_by_the_household_itself(
    given, office, family, counter, administrator
):
    paper = office.active(family)
    body = {"household_id": str(family.id), "document": "id_card", "day_points_max": 2_000}
    proxy_id = named(administrator, "proxies/in-person", **body).json["id"]

    assert left(pays_by_card(counter, paper, 501, proxy_id)) == 500
    assert pays_by_card(counter, paper, 501).status_code == 201
    assert given.spendable(family) == 3_499


def test_all_new_means_of_a_household_pay_500_a_day_together(given, office, family, counter, new):
    phone = new(given.resident(family), family)
    paper = office.printed(family)
    assert office.hand_over(family, paper).status_code == 200
    assert pays_by_card(counter, paper, 400).status_code == 201
    code = phone.post("/api/v1/pay-codes").json["code"]

    assert left(post(counter.clerk, "redemptions", {"code": code, "points": 101})) == 100
    assert given.spendable(family) == 3_600


def test_by_an_order(town, new):
    new(town.phone, town.family)

    assert left(town.order((town.soap, 2), points=600)) == 500
    assert town.rows()["orders"] == 0
    assert town.order((town.soap, 1), points=300).status_code == 201
    assert left(town.order((town.soap, 1), points=300)) == 200


def test_by_a_voucher(given, desk, new):
    family = desk.family()
    phone = new(given.resident(family), family)
    dear = desk.kind(1, market_price_fen=600, points_price=501)
    cheap = desk.kind(1, market_price_fen=600, points_price=500)

    assert left(desk.buy(phone, dear, 501)) == 500
    assert desk.buy(phone, cheap, 500).status_code == 201


def test_what_would_have_to_be_agreed_to_is_refused_before_anybody_is_asked(
    app, given, family, counter, new
):
    phone = new(given.resident(family), family)
    given.points(family, 6_000)
    code = phone.post("/api/v1/pay-codes").json["code"]

    answer = post(counter.clerk, "redemptions", {"code": code, "points": 6_000})

    assert left(answer) == 500
    with app.app_context():
        assert db.session.query(PendingPayment).count() == 0


def test_a_household_without_points_has_nothing_to_cool(given, family, counter, new):
    poor = given.household(village=family.village)
    phone = new(given.resident(poor), poor)
    given.points(poor, 2_000)
    code = phone.post("/api/v1/pay-codes").json["code"]

    assert post(counter.clerk, "redemptions", {"code": code, "points": 1_000}).status_code == 201
