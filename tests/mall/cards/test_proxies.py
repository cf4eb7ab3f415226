"""Those who may buy with a household's card."""

import pytest
from sqlalchemy import func, select

from app.kernel.db import db, transaction
from app.kernel.secrets import vault
from app.register.identity.models import User
from app.register.identity.roles import Role
from mall.cards.models import Proxy
from tests.given.cards import named
from tests.given.http import assert_refused, user_of


@pytest.fixture
def phone(given, family):
    return given.resident(family)


def count(app) -> int:
    with app.app_context():
        return db.session.scalars(select(func.count()).select_from(Proxy)).one()


def end(client, proxy_id, key="end-proxy-1"):
    return client.delete(f"/api/v1/proxies/{proxy_id}", headers={"Idempotency-Key": key})


def test_a_member_names_a_proxy_on_the_phone(app, phone, family):
    answer = named(phone)

    assert answer.status_code == 201, answer.json
    assert (answer.json["name"], answer.json["phone"]) == ("王小红", "139****1111")
    assert phone.get("/api/v1/proxies").json["items"] == [answer.json]
    with app.app_context():
        proxy = db.session.scalars(select(Proxy)).one()
        assert vault().unseal(proxy.phone_sealed, "proxies.phone") == "13900001111"
    assert (proxy.household_id, proxy.document) == (family.id, None)


def test_a_worker_names_one_for_a_household_that_stands_there(app, office, family):
    answer = named(
        office.admin(family),
        "proxies/in-person",
        household_id=str(family.id),
        document="household_register",
    )

    assert answer.status_code == 201, answer.json
    with app.app_context():
        assert db.session.scalars(select(Proxy.document)).one().value == "household_register"
    query = {"household_id": str(family.id)}
    seen = office.admin(family).get("/api/v1/proxies", query_string=query)
    assert [row["id"] for row in seen.json["items"]] == [answer.json["id"]]


def test_a_worker_of_another_village_names_nobody(app, given, family):
    stranger = given.staff(Role.VILLAGE_ADMIN, given.village().id)
    body = {"household_id": str(family.id), "document": "id_card"}

    assert_refused(named(stranger, "proxies/in-person", **body), 404, "cards.place_not_found")
    assert count(app) == 0


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"first_on": "2026-05-31"}, "cards.bad_proxy_days"),
        ({"last_on": "2026-05-31"}, "cards.bad_proxy_days"),
        ({"last_on": "2027-06-02"}, "cards.bad_proxy_days"),
        ({"phone": "12345"}, "identity.bad_phone"),
        ({"name": "  "}, "invalid_request"),
        ({"day_points_max": 0}, "invalid_request"),
    ],
)
def test_a_proxy_with_wrong_words_is_refused(app, phone, changes, code):
    assert_refused(named(phone, **changes), 422, code)
    assert count(app) == 0


def test_a_household_has_at_most_five_in_force(app, phone, noon):
    made = [named(phone, name=f"代办{n}").json for n in range(5)]

    assert_refused(named(phone), 409, "cards.too_many_proxies")
    assert count(app) == 5
    assert end(phone, made[0]["id"]).status_code == 204
    assert named(phone).status_code == 201


def test_a_proxy_buys_within_their_limit_a_day(given, phone, family, paper, pay, noon):
    proxy_id = named(phone).json["id"]

    assert pay(paper, 400, proxy_id=proxy_id).status_code == 201
    assert_refused(
        pay(paper, 101, proxy_id=proxy_id),
        409,
        "cards.proxy_over_day_limit",
        "代办人一天最多付 500 分，今天还可以付 100 分",
    )
    assert pay(paper, 100, proxy_id=proxy_id).status_code == 201
    assert given.spendable(family) == 9_500


def test_a_proxy_who_is_not_named_pays_no_more_than_one_who_is(
    given, phone, family, paper, pay, noon
):
    proxy_id = named(phone).json["id"]
    named(phone, name="张大山", phone="13900002222", day_points_max=800)

    assert_refused(
        pay(paper, 501),
        409,
        "cards.nobody_named",
        "这一户有代办人，没有选是谁来付，按限额最小的代办人算：一天 500 分，今天还可以付 500 分。"
        "代办人请选名字；户里人要多付，请用手机付款码，或请村里先取消代办人",
    )
    assert pay(paper, 200).status_code == 201
    assert pay(paper, 200, proxy_id=proxy_id).status_code == 201
    assert_refused(pay(paper, 101), 409, "cards.nobody_named")
    assert_refused(pay(paper, 101, proxy_id=proxy_id), 409, "cards.proxy_over_day_limit")
    assert given.spendable(family) == 9_600


def test_the_limit_of_who_is_not_named_ends_with_the_proxies_days(given, phone, family, paper, pay):
    proxy_id = named(phone).json["id"]
    assert_refused(pay(paper, 501), 409, "cards.nobody_named")

    assert end(phone, proxy_id).status_code == 204

    assert pay(paper, 501).status_code == 201
    assert given.spendable(family) == 9_499


def test_a_proxy_buys_from_their_first_day_to_their_last(given, phone, paper, pay, noon):
    proxy_id = named(phone, first_on="2026-06-02", last_on="2026-06-03").json["id"]

    answers = []
    for _ in range(4):
        answers.append(pay(paper, proxy_id=proxy_id).status_code)
        noon.move(days=1)

    assert answers == [404, 201, 201, 404]


def test_a_proxy_is_ended_at_once(given, phone, office, family, paper, pay):
    proxy_id = named(phone).json["id"]

    assert end(office.admin(family), proxy_id).status_code == 204

    assert_refused(pay(paper, proxy_id=proxy_id), 404, "cards.proxy_not_found")
    assert_refused(end(phone, proxy_id), 404, "cards.proxy_not_found")
    assert given.spendable(family) == 10_000


def test_a_proxy_of_another_household_buys_nothing(given, family, paper, pay):
    other = given.resident(given.household(village=family.village))
    proxy_id = named(other).json["id"]

    assert_refused(pay(paper, proxy_id=proxy_id), 404, "cards.proxy_not_found")
    assert given.spendable(family) == 10_000


def test_strangers_end_nobody(given, phone, family, paper, pay):
    proxy_id = named(phone).json["id"]
    strangers = [
        given.resident(given.household(village=family.village)),
        given.staff(Role.VILLAGE_ADMIN, given.village().id),
    ]

    for stranger in strangers:
        assert_refused(end(stranger, proxy_id), 404, "cards.proxy_not_found")
    assert pay(paper, proxy_id=proxy_id).status_code == 201


def test_a_clerk_does_not_serve_themselves_as_a_proxy(
    app, given, phone, family, paper, pay, counter
):
    proxy_id = named(phone).json["id"]
    with app.app_context(), transaction():
        clerk = db.session.get_one(User, user_of(app, counter.clerk))
        clerk.phone_index = vault().index("13900001111", "phone")
        clerk.phone_sealed = vault().seal("13900001111", "phone")

    assert_refused(pay(paper, proxy_id=proxy_id), 409, "cards.proxy_serves_here")
    assert given.spendable(family) == 10_000
