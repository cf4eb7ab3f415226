"""Nobody turns their own household's points into their own shop's money, by whichever means."""

import pytest
from sqlalchemy import select, text

from app.kernel.db import db, transaction
from app.points import ledger
from app.register.identity.models import RoleGrant
from app.register.identity.roles import Role
from mall.redemption.models import Redemption
from tests.given.http import assert_refused, post, user_of
from tests.given.rosters import id_number
from tests.given.rows import count

OWN = (403, "merchants.own_counter")


@pytest.fixture(params=["clerk", "owner"])
def theirs(request, app, given, family, counter):
    """The household has a bound member who serves at the shop, or owns it."""
    user_id = user_of(app, getattr(counter, request.param))
    return given.resident(family, user_id=user_id)


@pytest.fixture
def unmoved(app, moved):
    """After the test nothing has been paid."""
    yield
    assert count(app, Redemption) == 0
    assert moved() == (15_000, 0)


def test_the_code_of_ones_own_phone_does_not_pay_whoever_scans_it(
    app, given, theirs, counter, pay, unmoved
):
    other = given.staff(Role.CLERK, counter.shop_id)

    assert_refused(pay(500, by=theirs), *OWN)
    assert_refused(pay(500, by=theirs, client=other), *OWN)
    with app.app_context():
        codes = text("SELECT details ->> 'code' FROM audit_events WHERE action = 'trust.refused'")
        assert list(db.session.scalars(codes)) == [OWN[1]] * 2


def test_nor_that_of_another_of_the_household(given, family, theirs, phone, pay, unmoved):
    assert_refused(pay(500), *OWN)
    assert_refused(pay(6_000), *OWN)  # which would have waited for a yes


def test_nor_the_shops_printed_code(theirs, counter, unmoved):
    made = counter.owner.post(counter.url("code"))
    assert made.status_code == 201, made.json

    refused = post(theirs, "shop-codes/payments", {"code": made.json["code"], "points": 100})

    assert_refused(refused, *OWN)


def test_a_right_that_was_ended_today_still_counts_and_tomorrow_does_not(
    app, given, family, phone, counter, pay, moved, noon
):
    clerk_id = given.user()
    given.grant(clerk_id, Role.CLERK, counter.shop_id)
    given.resident(family, user_id=clerk_id)
    with app.app_context(), transaction():
        (grant,) = db.session.scalars(select(RoleGrant).where(RoleGrant.user_id == clerk_id))
        grant.revoked_at = noon()

    noon.move(hours=1)
    assert_refused(pay(500), *OWN)
    assert moved() == (15_000, 0)
    noon.move(days=1)
    assert pay(500).status_code == 201
    assert moved() == (14_500, 500)


def test_a_household_that_is_related_to_the_clerks_is_served_by_another(
    app, given, family, phone, counter, pay, moved, related
):
    own = given.household()
    given.resident(own, user_id=user_of(app, counter.clerk))
    related(own, family)

    assert_refused(pay(500), 403, "trust.related")
    assert moved() == (15_000, 0)
    assert pay(500, client=given.staff(Role.CLERK, counter.shop_id)).status_code == 201
    assert moved() == (14_500, 500)


def test_one_orders_nothing_at_ones_own_shop(app, theirs, counter, shelves, unmoved, given):
    soap = shelves.stocked(counter, points=300)
    body = {
        "shop_id": str(counter.shop_id),
        "lines": [{"offer_id": str(soap.offer_id), "count": 1}],
        "points": 300,
        "way": "pick_up",
    }

    assert_refused(post(theirs, "orders", body), *OWN)
    assert shelves.pieces(soap) == (10, 0, 0)
    assert given.balance(ledger.shop(counter.shop_id)) == 0


def test_a_clerk_who_lives_there_by_another_phone_is_the_same_person(
    app, given, family, phone, counter, pay, unmoved
):
    """Whoever names a clerk enters the number of the document, so two phones are one person."""
    resident = user_of(app, phone)
    given.person(resident, id_number(5))
    named = counter.owner.post(
        counter.url("clerks"),
        json={"phone": "13800000005", "name": "赵青", "id_number": id_number(5)},
    )
    assert named.status_code == 201, named.json

    assert_refused(pay(500, client=given.signed_in(named.json["user_id"])), *OWN)
