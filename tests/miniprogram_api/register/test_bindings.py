"""Binding a WeChat user to a household: by phone, in person, and its end."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text

from app.agreements.proposals import Proposal
from app.kernel import clock
from app.kernel.db import db, transaction
from app.kernel.errors import DomainError
from app.points.means import cooling, phones
from app.register.households import service
from app.register.households.errors import AlreadyBound, BindingCodeWrong, BindingNotFound
from app.register.households.models import Binding, BindingMethod, DocumentKind, Member
from app.register.identity import service as identity
from app.register.identity.caller import Caller
from app.register.identity.models import User, WechatAccount
from app.register.identity.roles import Grant, Role
from app.register.identity.service import block_user
from tests.given.away import no_valkey
from tests.given.factories import COUNTY
from tests.given.http import assert_refused, post
from tests.given.proposals import agree
from tests.given.wechat_wire import wechat

PHONE = "19900000001"


@dataclass
class Person:
    """Somebody with a WeChat account who has signed in."""

    client: FlaskClient
    user_id: UUID

    def binds(self, code="phone-1", phone=PHONE, openid="openid-1"):
        with wechat(openid=openid, phone=phone):
            return self.client.post("/api/v1/bindings/by-phone", json={"code": code})


@pytest.fixture
def arrives(app, given):
    """``arrives("openid-1")``: a WeChat account signs in."""

    def arrive(openid="openid-1", code="login"):
        given.county()
        client = app.test_client()
        with wechat(openid=openid):
            answer = client.post("/api/v1/session", json={"code": code, "county_id": COUNTY}).json
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {answer['token']}"
        return Person(client, UUID(answer["user_id"]))

    return arrive


def bindings(app):
    with app.app_context():
        return db.session.scalars(select(Binding).order_by(Binding.id)).all()


def in_person(client, digits, family, **changes):
    body = {
        "code": digits,
        "household_id": str(family.id),
        "member_name": "王小明",
        "document": "id_card",
    }
    return client.post("/api/v1/bindings/in-person", json=body | changes)


def code_of(client):
    return client.post("/api/v1/bindings/code").json["code"]


def test_a_phone_on_the_roster_binds_its_household(app, given, arrives):
    home = given.household(phone=PHONE)
    resident = arrives()

    answer = resident.binds()

    assert answer.status_code == 201
    assert answer.json == {"household_id": str(home.id), "session": None}
    (binding,) = bindings(app)
    assert (binding.user_id, binding.member_id) == (resident.user_id, home.head_id)
    assert (binding.method, binding.verified_by) == (BindingMethod.PHONE, None)
    assert resident.client.get("/api/v1/me").json["roles"] == ["resident", "visitor"]


def test_a_phone_that_is_on_no_roster_sends_to_the_village_worker(app, given, arrives):
    given.household(phone="19900000002")
    resident = arrives()

    answer = resident.binds()

    assert (answer.status_code, answer.json["code"]) == (422, "households.phone_not_on_roster")
    assert "找村里的工作人员当面绑定" in answer.json["message"]
    assert bindings(app) == []
    with app.app_context():
        assert db.session.get(User, resident.user_id).phone_index is None


def test_a_phone_in_two_households_sends_to_the_village_worker_too(app, given, arrives):
    given.household(phone=PHONE)
    given.household(phone=PHONE)

    answer = arrives().binds()

    assert (answer.status_code, answer.json["code"]) == (422, "households.phone_not_on_roster")
    assert bindings(app) == []


def test_a_phone_of_another_countys_roster_does_not_bind(app, given, arrives):
    given.household(phone=PHONE, village=given.village(county_id=990102), county_id=990102)

    assert arrives().binds().json["code"] == "households.phone_not_on_roster"


def test_whoever_is_bound_is_refused_kindly_and_stays_bound(app, given, arrives):
    home = given.household(phone=PHONE)
    resident = arrives()
    resident.binds("phone-1")

    again = resident.binds("phone-2")

    assert (again.status_code, again.json["code"]) == (409, "households.already_bound")
    assert again.json["message"] == (
        "您已经绑定了住户，不用再绑定；如果绑错了，请找村里的工作人员解除"
    )
    assert [binding.household_id for binding in bindings(app)] == [home.id]


def test_another_persons_phone_code_is_refused(app, given, arrives):
    given.household(phone=PHONE)

    answer = arrives("openid-1").binds(openid="openid-2")

    assert (answer.status_code, answer.json["code"]) == (422, "wechat.phone_code_invalid")
    assert bindings(app) == []


def enrolled(app, given, role, place_id) -> str:
    """The user that whoever proves the phone becomes, who holds the role already."""
    with app.app_context(), transaction():
        user_id = identity.enrol_staff(
            county_id=COUNTY, phone=PHONE, name="赵村官", actor_id=None, at=clock.now()
        ).id
    given.grant(user_id, role, place_id)
    return str(user_id)


def seen_as_head(app, user_id, family) -> None:
    """Whose document was seen for their role is the head of the family."""
    with app.app_context(), transaction():
        head = db.session.get_one(Member, family.head_id)
        db.session.get_one(User, UUID(user_id)).person_id = head.person_id


def test_staff_entered_by_phone_become_themselves_when_they_prove_it(app, given, arrives):
    village = given.village()
    staff_id = enrolled(app, given, Role.VILLAGE_ADMIN, village.id)
    person = arrives()

    answer = person.binds()

    assert answer.json["household_id"] is None
    assert answer.json["session"]["user_id"] == staff_id
    assert person.client.get("/api/v1/me").status_code == 401  # the old token has ended
    token = answer.json["session"]["token"]
    me = app.test_client().get("/api/v1/me", headers={"Authorization": f"Bearer {token}"}).json
    assert me["roles"] == ["village_admin", "visitor"]
    assert me["name"] == "赵村官"
    with wechat():
        next_time = app.test_client().post("/api/v1/session", json={"code": "later"})
    assert next_time.json["user_id"] == staff_id


def test_staff_who_live_there_are_bound_as_well(app, given, arrives):
    village = given.village()
    home = given.household(village=village, phone=PHONE)
    staff_id = enrolled(app, given, Role.REVIEWER, village.id)
    seen_as_head(app, staff_id, home)

    answer = arrives().binds()

    assert answer.json["household_id"] == str(home.id)
    assert [str(binding.user_id) for binding in bindings(app)] == [staff_id]


def test_a_binding_goes_with_the_account_that_turns_out_to_be_staff(app, given, arrives):
    village = given.village()
    home = given.household(village=village)
    worker = given.staff(Role.VILLAGE_ADMIN, village.id)
    person = arrives()
    assert in_person(worker, code_of(person.client), home).status_code == 201
    staff_id = enrolled(app, given, Role.REVIEWER, village.id)
    seen_as_head(app, staff_id, home)

    answer = person.binds()

    assert answer.status_code == 201
    assert answer.json["household_id"] == str(home.id)
    assert [str(binding.user_id) for binding in bindings(app)] == [staff_id]


@pytest.fixture
def taken(given, arrives):
    """A household with points, which somebody acts for by a number that a second account proves."""
    home = given.household(phone=PHONE, points=2_000)
    first, second = arrives("openid-1"), arrives("openid-2")
    assert first.binds("phone-1").status_code == 201
    return home, first, second


def signs_in(app, openid):
    with wechat(openid=openid):
        answer = app.test_client().post("/api/v1/session", json={"code": f"again-{openid}"})
    client = app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {answer.json['token']}"
    return client, answer.json["user_id"]


def titles(client):
    return [notice["title"] for notice in client.get("/api/v1/notices").json["items"]]


def test_a_number_of_a_bound_account_is_not_enough_for_another_one(app, taken, noon):
    home, first, second = taken

    answer = second.binds("phone-2", openid="openid-2")

    assert answer.status_code == 202, answer.json
    assert answer.json["lines"] == [], "the stranger reads nothing of the household"
    assert second.client.get(f"/api/v1/proposals/{answer.json['id']}").json["lines"] == []
    assert second.client.get("/api/v1/me").json["roles"] == ["visitor"]
    assert second.client.get("/api/v1/points").status_code == 403
    assert titles(first.client) == ["另一个微信要用您家的账号"]
    assert first.client.get("/api/v1/me").json["household"]["id"] == str(home.id)
    noon.move(days=6)
    assert second.client.get("/api/v1/me").json["roles"] == ["visitor"], "time gives nothing"


def test_the_old_account_says_no_and_is_not_asked_again_that_week(app, taken, noon):
    _, first, second = taken
    proposal = second.binds("phone-2", openid="openid-2").json["id"]
    assert (
        post(first.client, f"proposals/{proposal}/refusal", {"reason": "不认识"}).status_code == 200
    )

    again = second.binds("phone-3", openid="openid-2")

    assert (again.status_code, again.json["id"], again.json["state"]) == (202, proposal, "declined")
    noon.move(days=7)
    assert second.binds("phone-4", openid="openid-2").json["id"] != proposal
    assert len(bindings(app)) == 1


@pytest.mark.parametrize("who", ["household", "town"])
def test_a_second_proof_lets_another_account_in_which_is_told_and_cools_off(
    app, given, taken, who, noon
):
    home, first, second = taken
    noon.move(hours=72)  # the phone that says yes is not new itself
    proposal = second.binds("phone-2", openid="openid-2").json["id"]
    town = given.staff(Role.TOWN_ADMIN, home.village.town_id)
    agreeing = {"household": first.client, "town": town}[who]
    lines = agreeing.get(f"/api/v1/proposals/{proposal}").json["lines"]
    assert [line["after"] for line in lines[1:]] == ["王小明", "199****0001"]

    assert agree(agreeing, proposal).status_code == 200

    client, user_id = signs_in(app, "openid-2")
    assert user_id == str(first.user_id)
    assert client.get("/api/v1/me").json["household"]["id"] == str(home.id)
    assert "有另一个微信登录您家" in titles(client)
    assert second.client.get("/api/v1/me").status_code == 401
    with app.app_context():
        assert cooling.is_cooling(COUNTY, home.id, [first.user_id], clock.now())
    assert len(bindings(app)) == 1


def test_neither_the_village_nor_the_stranger_agrees_to_it(app, given, taken):
    home, _, second = taken
    proposal = second.binds("phone-2", openid="openid-2").json
    village = given.staff(Role.VILLAGE_ADMIN, home.village.id)

    assert_refused(
        agree(second.client, proposal["id"], proposal["digest"]), 403, "proposals.not_yours"
    )
    assert village.get(f"/api/v1/proposals/{proposal['id']}").status_code == 404


def test_what_the_old_account_lost_meanwhile_is_not_given(app, given, taken):
    home, _, second = taken
    proposal = second.binds("phone-2", openid="openid-2").json
    town = given.staff(Role.TOWN_ADMIN, home.village.town_id)
    (binding,) = bindings(app)
    assert town.delete(f"/api/v1/bindings/{binding.id}").status_code == 204

    assert_refused(agree(town, proposal["id"], proposal["digest"]), 409, "decisions.moved_on")


def test_a_number_whose_account_acts_for_nobody_goes_alone_and_is_told(app, given, taken):
    home, first, second = taken
    town = given.staff(Role.TOWN_ADMIN, home.village.town_id)
    (binding,) = bindings(app)
    assert town.delete(f"/api/v1/bindings/{binding.id}").status_code == 204

    answer = second.binds("phone-2", openid="openid-2")

    assert answer.json == {"household_id": str(home.id), "session": None}
    client, user_id = signs_in(app, "openid-1")
    assert user_id == str(first.user_id)
    assert "您登记的手机号换了人" in titles(client)
    assert client.get("/api/v1/me").json["roles"] == ["visitor"]
    assert "您登记的手机号换了人" not in titles(second.client)
    with app.app_context():
        assert db.session.get_one(User, first.user_id).phone_index is None
        assert db.session.get_one(User, second.user_id).phone_index is not None


def test_a_phone_that_somebody_new_proves_does_not_make_them_an_official(app, given, arrives):
    village = given.village()
    officer, stranger = arrives("openid-1"), arrives("openid-2")
    given.household(village=village, phone=PHONE)
    officer.binds("phone-1")
    given.grant(officer.user_id, Role.FINANCE, village.county_region_id)

    answer = stranger.binds("phone-2", openid="openid-2")

    assert (answer.status_code, answer.json["code"]) == (409, "identity.phone_of_staff")
    assert officer.client.get("/api/v1/me").status_code == 200, "their tokens live on"
    assert titles(officer.client) == ["有人用您的手机号登录"]
    assert stranger.client.get("/api/v1/me").json["roles"] == ["visitor"]


def test_of_eight_accounts_that_prove_one_number_at_once_one_is_bound(app, given, together, noon):
    home = given.household(phone=PHONE)
    first = given.phone(given.user(), PHONE)
    with app.app_context(), transaction():
        appid = app.config["SETTINGS"].wechat_appid
        db.session.add(WechatAccount(appid=appid, openid="o-1", user_id=first, created_at=noon()))
    strangers = [Caller(given.user(), COUNTY) for _ in range(8)]

    outcomes = together(
        lambda by=by: phones.bind_by_phone(by=by, phone=PHONE, at=noon()) for by in strangers
    )

    assert outcomes == {"done": 8}
    (binding,) = bindings(app)
    assert binding.household_id == home.id
    with app.app_context():
        asked = db.session.scalars(select(Proposal.proposed_by)).all()
        numbers = db.session.scalars(select(User.id).where(User.phone_index.is_not(None))).all()
    assert sorted([*asked, binding.user_id]) == sorted(by.user_id for by in strangers)
    assert numbers == [binding.user_id]


def person_of(app, row_class, row_id):
    with app.app_context():
        return db.session.get_one(row_class, row_id).person_id


def test_whoever_is_bound_is_known_as_the_person_that_the_roster_names(app, given, arrives):
    family = given.household(phone=PHONE)
    wang = arrives()
    assert person_of(app, User, wang.user_id) is None

    wang.binds()

    head = person_of(app, Member, family.head_id)
    assert head is not None
    assert person_of(app, User, wang.user_id) == head


def test_a_person_stays_known_when_the_binding_ends(app, given):
    family = given.household()
    wang = given.user()
    given.resident(family, user_id=wang)
    (binding,) = bindings(app)

    admin = given.staff(Role.VILLAGE_ADMIN, family.village.id)
    assert admin.delete(f"/api/v1/bindings/{binding.id}").status_code == 204

    assert person_of(app, User, wang) == person_of(app, Member, family.head_id)


def test_the_phone_of_a_blocked_user_is_refused(app, given, arrives):
    given.household(phone=PHONE)
    first, second = arrives("openid-1"), arrives("openid-2")
    first.binds("phone-1")
    with app.app_context(), transaction():
        block_user(
            county_id=COUNTY,
            user_id=first.user_id,
            is_blocked=True,
            actor_id=None,
            at=clock.now(),
        )

    answer = second.binds("phone-2", openid="openid-2")

    assert (answer.status_code, answer.json["code"]) == (403, "identity.blocked")


def test_a_village_worker_binds_in_person(app, given):
    village = given.village()
    home = given.household(village=village)
    worker, resident = given.staff(Role.VILLAGE_ADMIN, village.id), given.visitor()
    shown = resident.post("/api/v1/bindings/code").json

    answer = in_person(worker, shown["code"], home)

    assert answer.status_code == 201
    assert shown["expires_at"] == "2026-06-01T04:05:00+00:00"
    assert (len(shown["code"]), shown["code"].isdecimal()) == (6, True)
    (binding,) = bindings(app)
    assert (binding.member_id, binding.document) == (home.head_id, DocumentKind.ID_CARD)
    assert str(binding.verified_by) == worker.get("/api/v1/me").json["user_id"]
    assert resident.get("/api/v1/me").json["household"]["id"] == str(home.id)


def test_a_name_the_household_does_not_know_becomes_a_member(app, given):
    village = given.village()
    home = given.household(village=village)
    worker = given.staff(Role.TOWN_ADMIN, village.town_id)

    for _ in range(2):
        answer = in_person(worker, code_of(given.visitor()), home, member_name="李 小红")
        assert answer.status_code == 201

    with app.app_context():
        names = db.session.scalars(
            select(Member.name).where(Member.household_id == home.id).order_by(Member.id)
        ).all()
    assert sorted(names) == ["李小红", "王小明"]


def test_a_code_works_once(app, given):
    village = given.village()
    home = given.household(village=village)
    worker = given.staff(Role.VILLAGE_ADMIN, village.id)
    code = code_of(given.visitor())
    in_person(worker, code, home)

    again = in_person(worker, code, home)

    assert (again.status_code, again.json["code"]) == (422, "households.binding_code_wrong")
    assert len(bindings(app)) == 1


def test_a_code_lives_five_minutes(app, given, noon):
    village = given.village()
    home = given.household(village=village)
    worker = given.staff(Role.VILLAGE_ADMIN, village.id)
    code = code_of(given.visitor())
    noon.move(minutes=5)

    answer = in_person(worker, code, home)

    assert answer.json["code"] == "households.binding_code_wrong"
    assert bindings(app) == []


def test_a_new_code_ends_the_one_before(app, given):
    village = given.village()
    home = given.household(village=village)
    worker, resident = given.staff(Role.VILLAGE_ADMIN, village.id), given.visitor()
    old, new = code_of(resident), code_of(resident)

    assert in_person(worker, old, home).status_code == 422
    assert in_person(worker, new, home).status_code == 201


def test_only_the_digest_of_a_code_is_stored(app, given):
    code = code_of(given.visitor())

    with app.app_context():
        row = db.session.execute(text("SELECT binding_codes::text FROM binding_codes")).scalar_one()
    assert code not in row


def test_a_household_of_another_village_is_not_found_and_the_code_still_works(app, given):
    here, there = given.village(), given.village()
    mine, theirs = given.household(village=here), given.household(village=there)
    worker = given.staff(Role.VILLAGE_ADMIN, here.id)
    code = code_of(given.visitor())

    refused = in_person(worker, code, theirs)

    assert (refused.status_code, refused.json["code"]) == (404, "households.not_found")
    assert in_person(worker, code, mine).status_code == 201


def test_a_code_of_another_county_is_wrong(app, given):
    village = given.village()
    home = given.household(village=village)
    worker = given.staff(Role.VILLAGE_ADMIN, village.id)

    answer = in_person(worker, code_of(given.visitor(990102)), home)

    assert answer.json["code"] == "households.binding_code_wrong"
    assert bindings(app) == []


def test_a_resident_who_is_bound_gets_no_code(app, given):
    answer = given.resident(given.household()).post("/api/v1/bindings/code")

    assert (answer.status_code, answer.json["code"]) == (409, "households.already_bound")


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.GROUP_LEADER, Role.FINANCE, Role.AUDITOR])
def test_other_roles_may_not_bind_in_person(app, given, role):
    village = given.village()
    home = given.household(village=village)
    client = given.staff(role, village.county_region_id)

    assert in_person(client, code_of(given.visitor()), home).status_code == 403
    assert bindings(app) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"code": "12345"},
        {"code": "12345a"},
        {"household_id": "x"},
        {"member_name": ""},
        {"document": "photo"},
    ],
)
def test_a_malformed_body_is_refused(app, given, changes):
    village = given.village()
    home = given.household(village=village)
    worker = given.staff(Role.VILLAGE_ADMIN, village.id)

    assert in_person(worker, "123456", home, **changes).status_code == 422


def test_a_name_of_spaces_is_refused(app, given):
    village = given.village()
    home = given.household(village=village)
    worker = given.staff(Role.VILLAGE_ADMIN, village.id)

    answer = in_person(worker, code_of(given.visitor()), home, member_name="  ")

    assert (answer.status_code, [*answer.json["details"]["json"]]) == (422, ["member_name"])
    assert bindings(app) == []


def test_after_five_wrong_codes_in_a_minute_even_the_right_one_waits(app, given):
    village = given.village()
    home = given.household(village=village)
    worker, colleague = (given.staff(Role.VILLAGE_ADMIN, village.id) for _ in range(2))
    code = code_of(given.visitor())
    wrong = f"{(int(code) + 1) % 10**6:06}"

    tries = [in_person(worker, wrong, home).status_code for _ in range(6)]
    blocked = in_person(worker, code, home)

    assert tries == [422, 422, 422, 422, 422, 429]
    assert (blocked.status_code, blocked.json["code"]) == (429, "too_many_tries")
    assert bindings(app) == []
    assert in_person(colleague, code, home).status_code == 201


def test_right_codes_do_not_count_as_tries(app, given):
    village = given.village()
    home = given.household(village=village)
    worker = given.staff(Role.VILLAGE_ADMIN, village.id)

    answers = [in_person(worker, code_of(given.visitor()), home).status_code for _ in range(7)]

    assert answers == [201] * 7


def test_without_redis_nobody_may_try(app, given, monkeypatch):
    village = given.village()
    home = given.household(village=village)
    worker = given.staff(Role.VILLAGE_ADMIN, village.id)
    code = code_of(given.visitor())
    monkeypatch.setitem(app.extensions, "redis", no_valkey())

    answer = in_person(worker, code, home)

    assert (answer.status_code, answer.json["code"]) == (503, "unavailable")
    assert bindings(app) == []


def test_a_worker_ends_a_binding_and_the_resident_must_sign_in_again(app, given):
    village = given.village()
    home = given.household(village=village)
    worker, resident = given.staff(Role.VILLAGE_ADMIN, village.id), given.resident(home)
    (binding,) = bindings(app)

    answer = worker.delete(f"/api/v1/bindings/{binding.id}")

    assert answer.status_code == 204
    assert bindings(app)[0].ended_at == clock.now()
    assert resident.get("/api/v1/me").status_code == 401
    assert worker.delete(f"/api/v1/bindings/{binding.id}").status_code == 404


def test_a_resident_may_end_their_own_binding_but_no_other(app, given):
    mine, theirs = given.household(), given.household()
    me, _ = given.resident(mine), given.resident(theirs)
    ids = {binding.household_id: binding.id for binding in bindings(app)}

    assert me.delete(f"/api/v1/bindings/{ids[theirs.id]}").status_code == 404
    assert me.delete(f"/api/v1/bindings/{ids[mine.id]}").status_code == 204
    ended = {binding.household_id: binding.ended_at for binding in bindings(app)}
    assert ended == {mine.id: clock.now(), theirs.id: None}


def test_a_worker_of_another_village_does_not_find_the_binding(app, given):
    given.resident(given.household())
    (binding,) = bindings(app)
    elsewhere = given.staff(Role.VILLAGE_ADMIN, given.village().id)

    assert elsewhere.delete(f"/api/v1/bindings/{binding.id}").status_code == 404
    assert bindings(app)[0].ended_at is None


def test_a_visitor_may_look_but_not_act(app, given):
    visitor = given.visitor()

    assert visitor.get("/api/v1/me").json["roles"] == ["visitor"]
    assert visitor.get("/api/v1/regions").status_code == 200
    assert visitor.get("/api/v1/households").status_code == 403
    assert visitor.delete(f"/api/v1/bindings/{UUID(int=1)}").status_code == 403


def test_phones_are_never_stored_in_clear_or_logged(app, given, arrives, caplog):
    given.household(phone=PHONE)
    arrives().binds()

    with app.app_context():
        rows = db.session.scalars(
            text(
                "SELECT members::text FROM members UNION ALL SELECT users::text FROM users"
                " UNION ALL SELECT audit_events::text FROM audit_events"
            )
        ).all()
    assert len(rows) > 2
    assert PHONE not in "".join(rows)
    assert PHONE.encode().hex() not in "".join(rows)
    assert PHONE not in caplog.text
    assert "bindings.bind_by_phone" in caplog.text


def worker_at(given, village):
    return Caller(
        user_id=given.user(), county_id=COUNTY, grants=(Grant(Role.VILLAGE_ADMIN, village.id),)
    )


def outcome(app, command):
    """What a command ends with when it runs in a transaction of its own."""
    with app.app_context():
        try:
            with transaction():
                return command()
        except DomainError as refusal:
            return type(refusal)


def test_of_eight_workers_who_type_one_code_at_once_one_binds(app, given, committed):
    village = given.village()
    home = given.household(village=village)
    workers = [worker_at(given, village) for _ in range(8)]
    resident = given.user()
    digits, _ = outcome(app, lambda: service.issue_binding_code(user_id=resident, at=clock.now()))

    def bind(worker):
        return outcome(
            app,
            lambda: phones.bind_in_person(
                digits=digits,
                household_id=home.id,
                member_name="王小明",
                document=DocumentKind.ID_CARD,
                by=worker,
                at=clock.now(),
            ),
        )

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(bind, workers))

    assert outcomes.count(BindingCodeWrong) == 7
    assert len(bindings(app)) == 1


def test_of_eight_attempts_to_bind_one_user_at_once_one_binds(app, given, committed):
    given.household(phone=PHONE)
    resident = given.user()

    def bind(_):
        return outcome(
            app,
            lambda: service.bind_by_phone(
                user_id=resident, county_id=COUNTY, phone=PHONE, at=clock.now()
            ),
        )

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(bind, range(8)))

    assert outcomes.count(AlreadyBound) == 7
    assert len(bindings(app)) == 1


def bind_at_once(app, given, home, names, worker):
    """What comes of it when a worker binds somebody new under each of the names, all at once."""
    codes = [code_of(given.signed_in(given.user())) for _ in names]

    def bind(digits, name):
        return outcome(
            app,
            lambda: phones.bind_in_person(
                digits=digits,
                household_id=home.id,
                member_name=name,
                document=DocumentKind.HOUSEHOLD_REGISTER,
                by=worker,
                at=clock.now(),
            ),
        )

    with ThreadPoolExecutor(len(names)) as pool:
        return list(pool.map(bind, codes, names))


@pytest.mark.race("app.register.households.service._household_under")
def test_of_eight_unknown_who_are_bound_to_one_household_at_once_seven_wait_for_its_yes(
    app, given, committed
):
    village = given.village()
    home = given.household(village=village)
    names = [f"李小{part}" for part in "东南西北春夏秋冬"]

    outcomes = bind_at_once(app, given, home, names, worker_at(given, village))

    assert sorted(type(one).__name__ for one in outcomes) == ["Binding"] + ["Proposal"] * 7
    assert len(bindings(app)) == 1


def test_a_name_entered_for_eight_people_at_once_is_one_member(app, given, committed):
    village = given.village()
    home = given.household(village=village)

    outcomes = bind_at_once(app, given, home, ["李小红"] * 8, worker_at(given, village))

    assert len({one.member_id for one in outcomes}) == 1
    assert len(bindings(app)) == 8


@pytest.mark.race("app.register.households.service._member_named")
def test_a_name_agreed_on_eight_times_at_once_is_one_member(app, given, committed):
    home = given.household()
    worker, newcomers = given.user(), [given.user() for _ in range(8)]

    def bind(user_id):
        return outcome(
            app,
            lambda: service.bind_met(
                user_id=user_id,
                household_id=home.id,
                member_name="李小红",
                document=DocumentKind.HOUSEHOLD_REGISTER,
                verified_by=worker,
                at=clock.now(),
            ),
        )

    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(bind, newcomers))

    assert len({one.member_id for one in made}) == 1
    assert len(bindings(app)) == 8


@pytest.mark.race("app.register.households.service.end_binding")
def test_of_eight_who_end_one_binding_at_once_one_does(app, given, committed):
    village = given.village()
    given.resident(given.household(village=village))
    (binding,) = bindings(app)
    workers = [worker_at(given, village) for _ in range(8)]

    def end(worker):
        return outcome(
            app, lambda: service.end_binding(binding_id=binding.id, by=worker, at=clock.now())
        )

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(end, workers))

    assert outcomes.count(BindingNotFound) == 7
    with app.app_context():
        ends = "SELECT count(*) FROM audit_events WHERE action = 'households.end_binding'"
        assert db.session.scalar(text(ends)) == 1


def test_two_users_who_prove_one_phone_at_once_become_one(app, given, committed):
    given.household(phone=PHONE)
    users = [given.user() for _ in range(4)]

    def bind(user_id):
        return outcome(
            app,
            lambda: (
                service.bind_by_phone(
                    user_id=user_id, county_id=COUNTY, phone=PHONE, at=clock.now()
                ).user_id
            ),
        )

    with ThreadPoolExecutor(4) as pool:
        outcomes = set(pool.map(bind, users))

    assert len(outcomes) == 1
    assert len(bindings(app)) == 1


def wide(text: str) -> str:
    """As a Chinese keyboard types digits when it is set to full width."""
    return "".join(chr(ord(c) + 0xFEE0) if c in "0123456789" else c for c in text)


@pytest.mark.parametrize(
    ("registered", "typed"),
    [
        ("阿迪力·买买提", "阿迪力•买买提"),
        ("阿迪力·买买提", "阿迪力.买买提"),
        ("高小满", "⾼小满"),
        ("刘䶮", "刘\ue863"),
        ("JOHN DOE", "John Doe"),
        ("JOHNDOE", "John Doe"),  # as rosters were read once
    ],
)
def test_the_head_is_met_however_the_worker_types_the_name(app, given, registered, typed):
    family = given.household(head=registered)
    visitor, worker = given.visitor(), given.staff(Role.VILLAGE_ADMIN, family.village.id)

    answer = in_person(worker, code_of(visitor), family, member_name=typed)

    assert answer.status_code == 201
    with app.app_context():
        names = db.session.scalars(
            select(Member.name).where(Member.household_id == family.id)
        ).all()
    assert names == [registered]


def test_a_name_with_a_character_that_nobody_can_read_is_refused_with_its_place(app, given):
    family = given.household()
    visitor, worker = given.visitor(), given.staff(Role.VILLAGE_ADMIN, family.village.id)

    answer = in_person(worker, code_of(visitor), family, member_name="张\ufffd")

    assert answer.status_code == 422
    assert answer.json["details"] == {
        "json": {"member_name": ["第 2 个字电脑认不出来，请用输入法重新打这个字"]}
    }
    assert bindings(app) == []


def test_a_binding_code_may_be_typed_wide_and_in_groups(app, given):
    family = given.household()
    visitor, worker = given.visitor(), given.staff(Role.VILLAGE_ADMIN, family.village.id)
    code = wide(code_of(visitor))

    answer = in_person(worker, f"{code[:3]} {code[3:]}", family)

    assert answer.status_code == 201
