"""One dishonest administrator who would be two persons, by what they alone may write."""

import pytest
from sqlalchemy import text

from app.kernel.db import db, transaction
from app.register.identity.models import User
from app.register.identity.roles import Role
from app.register.regions.models import Region
from tests.given.http import assert_refused, post, user_of
from tests.given.persons import NUMBERS
from tests.given.rosters import book, id_number, row
from tests.given.wechat_wire import wechat

MINE, SECOND = "19900000031", "19900000032"
REASON = {"reason": "不同意"}


def confirm(client, proposal, **more):
    return post(
        client, f"proposals/{proposal['id']}/approval", {"digest": proposal["digest"]} | more
    )


def person_of(app, user_id):
    with app.app_context():
        return db.session.get_one(User, user_id).person_id


@pytest.fixture
def village(given):
    return given.village("前进村")


@pytest.fixture
def liar(official, given, village):
    """The village's administrator, whose document the county has seen."""
    liar = official(Role.VILLAGE_ADMIN, village.id, NUMBERS[3])
    given.phone(liar.user_id, MINE)
    return liar


@pytest.fixture
def town(official, village):
    return official(Role.TOWN_ADMIN, village.town_id, NUMBERS[2])


@pytest.fixture
def imports(app, liar, village):
    used = iter(range(100))

    def run(*rows):
        with app.app_context():
            town_name = db.session.get_one(Region, village.town_id).name
        answer = liar.client.post(
            "/api/v1/roster-imports",
            data={
                "file": (book(*(one | {"镇": town_name} for one in rows)), "roster.xlsx"),
                "dry_run": "false",
            },
            headers={"Idempotency-Key": f"roster-key-{next(used)}"},
        )
        assert answer.status_code == 200, answer.json
        return answer.json

    return run


def binds(app, client, phone, openid):
    with app.app_context(), transaction():
        db.session.execute(
            text("INSERT INTO wechat_accounts VALUES (:appid, :openid, :user, now())"),
            {
                "appid": app.config["SETTINGS"].wechat_appid,
                "openid": openid,
                "user": user_of(app, client),
            },
        )
    with wechat(openid=openid, phone=phone):
        return client.post("/api/v1/bindings/by-phone", json={"code": f"code-{openid}"})


def test_an_administrator_does_not_become_somebody_else_by_a_row_of_their_own_roster(
    app, liar, imports
):
    """Their number on the row of an empty house, and they would be that house's head."""
    before = person_of(app, liar.user_id)
    imports(row(1, 手机号=MINE))

    answer = binds(app, liar.client, MINE, "o-liar")

    assert_refused(answer, 409, "identity.another_person")
    assert person_of(app, liar.user_id) == before


def test_nor_do_they_weigh_in_their_own_village_with_their_true_number(
    app, village, liar, town, imports, phone, propose, held
):
    """Somebody else on the first phone, themselves on the second: the pair would not be found."""
    imports(row(1, 手机号=MINE))
    binds(app, liar.client, MINE, "o-liar")
    second = phone(SECOND)
    proposal = propose(liar.client, SECOND, "booth_keeper", village.id).json

    answer = confirm(town.client, proposal, id_number=NUMBERS[3])

    assert_refused(answer, 403, "trust.not_apart")
    assert held(second) == []


def test_the_proposer_alone_does_not_say_who_a_keeper_is(
    given, village, liar, town, propose, user_named, held
):
    """The town confirms from afar and enters nothing: the invented number would stand."""
    invented = id_number(77)
    proposal = propose(liar.client, SECOND, "booth_keeper", village.id, id_number=invented).json

    answer = confirm(town.client, proposal)

    assert_refused(answer, 422, "trust.person_unknown")
    assert held(user_named("赵某")) == []


def test_a_roster_alone_does_not_say_who_a_keeper_is(
    app, given, village, liar, town, imports, propose, held
):
    """Bound to a house that has nothing, the second phone is known, and no document is asked."""
    second = given.visitor()
    imports(row(1, 手机号=SECOND))
    assert binds(app, second, SECOND, "o-second").status_code == 201
    proposal = propose(liar.client, SECOND, "booth_keeper", village.id).json

    answer = confirm(town.client, proposal)

    assert_refused(answer, 422, "trust.person_unknown")
    assert held(user_of(app, second)) == []


def test_nobody_refuses_the_end_of_their_own_office(given, p1, p2, official, root, held):
    liar = official(Role.COUNTY_ADMIN, root, NUMBERS[3])
    grant = next(
        one
        for one in p1.client.get("/api/v1/role-grants").json["items"]
        if one["user_id"] == str(liar.user_id)
    )
    proposal = p1.client.delete(f"/api/v1/role-grants/{grant['id']}").json

    answer = post(liar.client, f"proposals/{proposal['id']}/refusal", REASON)

    assert_refused(answer, 403, "trust.same_person")
    assert confirm(p2.client, proposal).json["state"] == "approved"
    assert held(liar.user_id) == []


def test_nor_on_another_phone(given, p1, p2, official, root, held):
    liar, other = (official(Role.COUNTY_ADMIN, root, NUMBERS[3]) for _ in range(2))
    grant = next(
        one
        for one in p1.client.get("/api/v1/role-grants").json["items"]
        if one["user_id"] == str(liar.user_id)
    )
    proposal = p1.client.delete(f"/api/v1/role-grants/{grant['id']}").json

    answer = post(other.client, f"proposals/{proposal['id']}/refusal", REASON)

    assert_refused(answer, 403, "trust.same_person")
    assert confirm(p2.client, proposal).json["state"] == "approved"
