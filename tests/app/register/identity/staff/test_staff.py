"""Signing in at a computer: the cases S1, S2, S4 and S5, and what an office expects."""

from datetime import datetime

import pytest
from sqlalchemy import func, select

from app.agreements.proposals.models import Proposal
from app.kernel.clock import CALENDAR
from app.kernel.db import db
from app.register.identity.apart import are_apart
from app.register.identity.models import StaffSession
from app.register.identity.roles import Grant, Role
from app.register.identity.staff import jobs, sessions, totp
from app.register.identity.staff.models import StaffAccount, StaffSignIn
from tests.given.factories import COUNTY
from tests.given.http import assert_refused, post, user_of
from tests.given.proposals import read

PASSWORD = "shi-yue-9-ming-yue"
ANOTHER = "dong-tian-7-de-yu"


class Computer:
    """Somebody's browser, which has no cookie and no phone."""

    def __init__(self, app) -> None:
        self.client = app.test_client()

    def sign_in(self, login="zhang.san", password=PASSWORD):
        answer = self.client.post(
            "/api/v1/staff/session", json={"login": login, "password": password}
        )
        self._carry(answer)
        return answer

    def give(self, code):
        answer = self.client.post("/api/v1/staff/session/factor", json={"code": code})
        self._carry(answer)
        return answer

    def set_up(self) -> dict:
        return self.client.post("/api/v1/staff/factor").json

    def roles(self):
        answer = self.client.get("/api/v1/me")
        return answer.json["roles"] if answer.status_code == 200 else answer.status_code

    def _carry(self, answer) -> None:
        if answer.status_code == 201:
            self.client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {answer.json['token']}"


class Phone:
    """An official in the mini-program, and what they do there about their computer."""

    def __init__(self, app, given, role, place_id) -> None:
        self.client = given.staff(role, place_id)
        self.user_id = user_of(app, self.client)

    def link(self):
        return self.client.post("/api/v1/staff/link")


@pytest.fixture
def root(given):
    return given.county()


@pytest.fixture
def official(app, given, root):
    return lambda role, place_id=None: Phone(app, given, role, place_id or root)


@pytest.fixture
def admin(official):
    return official(Role.COUNTY_ADMIN)


@pytest.fixture
def finance(app, official, admin):
    """Somebody of finance with an account and a password, and no factor yet."""
    person = official(Role.FINANCE)
    made = post(admin.client, "staff-accounts", {"user_id": person.user_id, "login": "Zhang.San"})
    assert made.status_code == 201, made.json
    assert set_password(app, person.link().json["link"]).status_code == 204
    return person


@pytest.fixture
def computer(app):
    return Computer(app)


def set_password(app, link, password=PASSWORD):
    return app.test_client().post(
        "/api/v1/staff/password", json={"link": link, "password": password}
    )


def code(secret, noon):
    return totp.code_of(secret, int(noon().timestamp()) // totp.SECONDS)


def at_ten(minute, second, *, hour=10):
    return datetime(2026, 6, 2, hour, minute, second, tzinfo=CALENDAR)


def test_an_account_is_opened_on_the_persons_own_phone(app, official, admin, finance, noon):
    link = finance.link()
    assert_refused(link, 409, "staff.no_link_now")
    body = {"user_id": finance.user_id, "login": "li.si"}
    assert_refused(post(admin.client, "staff-accounts", body), 409, "staff.has_account")
    other = official(Role.OPERATOR)
    body = {"user_id": other.user_id, "login": "zhang.san"}
    assert_refused(post(admin.client, "staff-accounts", body), 409, "staff.login_taken")
    town_admin = official(Role.TOWN_ADMIN)
    body = {"user_id": other.user_id, "login": "li.si"}
    assert_refused(post(town_admin.client, "staff-accounts", body), 403, "staff.not_your_area")
    assert post(admin.client, "staff-accounts", body).status_code == 201
    link = other.link().json["link"]
    for weak, why in (
        ("short-1", "short"),
        ("abcdefghijklmnop", "one_sort"),
        ("password-1234567", "common"),
        ("wo-shi-li.si-2026", "name"),
    ):
        answer = set_password(app, link, weak)
        assert_refused(answer, 422, "staff.password_weak")
        assert answer.json["details"] == {"why": why}

    noon.move(minutes=21)
    assert_refused(set_password(app, link), 403, "staff.link_gone")
    link = other.link().json["link"]
    assert set_password(app, link).status_code == 204
    assert_refused(set_password(app, link), 403, "staff.link_gone")


def test_s1_a_code_works_once_and_before_it_nothing_does(app, noon, finance, computer):
    answer = computer.sign_in()
    assert (answer.status_code, answer.json["needs"]) == (201, "factor_setup")
    assert computer.roles() == ["visitor"]
    secret = computer.set_up()["secret"]
    first = computer.give(code(secret, noon))
    assert (first.status_code, computer.roles()) == (201, ["finance", "visitor"])

    noon.at = at_ten(0, 5)
    assert computer.sign_in().json["needs"] == "factor"
    step_n = code(secret, noon)
    before = totp.code_of(secret, int(noon().timestamp()) // totp.SECONDS - 1)
    token = computer.client.environ_base["HTTP_AUTHORIZATION"]
    assert computer.give(step_n).status_code == 201
    assert computer.client.environ_base["HTTP_AUTHORIZATION"] != token

    again = Computer(app)
    again.sign_in()
    noon.at = at_ten(0, 20)
    assert_refused(again.give(step_n), 401, "staff.wrong")
    noon.at = at_ten(0, 25)
    assert_refused(again.give(before), 401, "staff.wrong")
    assert again.roles() == ["visitor"]


def test_a_recovery_code_stands_in_for_the_phone_once(app, noon, finance, computer):
    computer.sign_in()
    new = computer.set_up()
    assert computer.give(new["recovery_codes"][0]).status_code == 401
    assert computer.give(code(new["secret"], noon)).status_code == 201
    assert_refused(computer.client.post("/api/v1/staff/factor"), 409, "staff.factor_set")

    computer.sign_in()
    assert computer.give(new["recovery_codes"][0]).status_code == 201
    computer.sign_in()
    assert computer.give(new["recovery_codes"][0]).status_code == 401


def test_s2_five_wrong_ones_lock_for_ever_longer(app, noon, finance, computer):
    def wrong(times):
        for _ in range(times):
            assert_refused(computer.sign_in(password="not-the-one-2026"), 401, "staff.wrong")

    noon.at = at_ten(0, 0)
    wrong(5)
    noon.at = at_ten(14, 59)
    assert_refused(computer.sign_in(), 401, "staff.wrong")
    noon.at = at_ten(15, 0)
    assert computer.sign_in().status_code == 201
    noon.at = at_ten(20, 0)
    app.extensions["redis"].flushdb()
    wrong(5)
    noon.at = at_ten(49, 59)
    assert computer.sign_in().status_code == 401
    noon.at = at_ten(50, 0)
    assert computer.sign_in().status_code == 201

    assert_refused(computer.sign_in(login="nobody"), 401, "staff.wrong")
    with app.app_context():
        tries = db.session.execute(
            select(StaffSignIn.outcome, func.count()).group_by(StaffSignIn.outcome)
        ).all()
    assert dict(tries) == {"wrong": 11, "locked": 2, "in": 2}


def test_a_session_ends_unused_and_after_twelve_hours_and_everywhere(
    app, noon, finance, computer, given, root
):
    secret = _fully_in(computer, noon)
    for _ in range(23):
        noon.move(minutes=29)
        assert computer.roles() == ["finance", "visitor"]
    noon.move(minutes=53)
    assert computer.roles() == 401

    first, second = Computer(app), Computer(app)
    for one in (first, second):
        one.sign_in()
        noon.move(seconds=30)
        one.give(code(secret, noon))
    listed = first.client.get("/api/v1/staff/sessions").json["items"]
    assert len(listed) == 2
    first.client.delete(f"/api/v1/staff/sessions/{listed[0]['id']}")
    assert (first.roles(), second.roles()) == (["finance", "visitor"], 401)
    first.client.delete("/api/v1/staff/sessions")
    assert first.roles() == 401

    second.sign_in()
    noon.move(seconds=30)
    second.give(code(secret, noon))
    given.grant(finance.user_id, Role.FINANCE, given.village().id)
    noon.move(minutes=31)
    assert second.roles() == 401


def test_money_asks_for_a_fresh_code(app, noon, finance, admin, computer, given):
    village = given.village()
    given.budget(village, 1_000)
    body = {"village_id": str(village.id), "amount_fen": 10}
    other = given.staff(Role.FINANCE, given.county())
    first = post(other, "allotments", body).json["id"]
    secret = _fully_in(computer, noon)

    noon.move(minutes=10)
    late = post(computer.client, f"allotments/{first}/approval")
    assert_refused(late, 403, "staff.factor_needed")
    assert computer.give(code(secret, noon)).status_code == 201
    agreed = post(computer.client, f"allotments/{first}/approval")
    assert_refused(agreed, 409, "settlement.reserve_too_small")  # the reserve's: the door is open


def test_s4_an_account_is_recovered_by_two(app, noon, finance, admin, official, computer, given):
    secret = _fully_in(computer, noon)
    asked = post(admin.client, f"staff-accounts/{finance.user_id}/recovery")
    assert asked.status_code == 202, asked.json
    proposal = asked.json
    own = post(admin.client, f"proposals/{proposal['id']}/approval", {"digest": proposal["digest"]})
    assert own.status_code == 403
    security = official(Role.SECURITY_ADMIN)

    digest = read(security.client, proposal["id"])["digest"]
    confirmed = post(security.client, f"proposals/{proposal['id']}/approval", {"digest": digest})
    assert confirmed.status_code == 200, confirmed.json

    assert computer.roles() == 401
    assert computer.sign_in().status_code == 401
    link = finance.link().json["link"]
    noon.move(minutes=21)
    assert_refused(set_password(app, link, ANOTHER), 403, "staff.link_gone")
    assert set_password(app, finance.link().json["link"], ANOTHER).status_code == 204
    assert computer.sign_in(password=ANOTHER).json["needs"] == "factor_setup"
    new = computer.set_up()["secret"]
    assert new != secret
    assert computer.give(code(new, noon)).status_code == 201
    village = given.village()
    given.budget(village, 1_000)
    body = {"village_id": str(village.id), "amount_fen": 10}
    first = post(given.staff(Role.FINANCE, given.county()), "allotments", body).json["id"]
    soon = post(computer.client, f"allotments/{first}/approval")
    assert_refused(soon, 403, "staff.money_later")
    with app.app_context():
        (row,) = db.session.scalars(select(Proposal).where(Proposal.kind == "staff_recovery"))
        assert row.done_at is not None


def test_s5_who_lets_people_in_supervises_runs_and_pays_nothing():
    here = StaffAccount.__table__.c.user_id.type.python_type(int=1)

    def together(one, other):
        return are_apart(Grant(one, here), Grant(other, here))

    four = (Role.OPERATOR, Role.SECURITY_ADMIN, Role.AUDITOR, Role.FINANCE)
    assert not any(together(a, b) for a in four for b in four if a is not b)


def test_who_leaves_leaves_nothing_behind(app, noon, finance, admin, computer):
    _fully_in(computer, noon)

    answer = post(admin.client, f"staff-accounts/{finance.user_id}/leaving")

    assert (answer.status_code, answer.json["ended"]) == (200, 0), answer.json
    assert len(answer.json["proposed"]) == 1
    assert (computer.roles(), computer.sign_in().status_code) == (401, 401)
    assert finance.client.get("/api/v1/me").status_code == 401
    with app.app_context():
        account = db.session.get_one(StaffAccount, finance.user_id)
        assert (account.state, account.password_hash) == ("left", None)
        assert db.session.scalar(select(func.count()).select_from(StaffSession)) == 0


def test_an_account_is_suspended_by_hand_or_when_nobody_uses_it(
    app, noon, finance, admin, computer
):
    path = f"staff-accounts/{finance.user_id}/suspension"
    assert post(admin.client, path).status_code == 204
    assert computer.sign_in().status_code == 401
    assert admin.client.delete(f"/api/v1/{path}").status_code == 204
    assert computer.sign_in().status_code == 201

    noon.move(days=60)
    _sweep(app)
    assert _state(app, finance) == "active"
    noon.move(days=1)
    _sweep(app)
    assert _state(app, finance) == "suspended"


@pytest.mark.race("app.register.identity.staff.sessions.lock_account")
def test_wrong_ones_at_once_are_all_counted(app, given, noon, together):
    admin = given.staff(Role.COUNTY_ADMIN, given.county())
    person = user_of(app, given.staff(Role.FINANCE, given.county()))
    body = {"user_id": person, "login": "zhang.san"}
    assert post(admin, "staff-accounts", body).status_code == 201
    desk = sessions.Desk(agent="", network="10.0.0.1")

    def wrong():
        sessions.sign_in(county_id=COUNTY, login="zhang.san", password="x", desk=desk, at=noon())

    assert together([wrong] * 4) == {"done": 4}
    with app.app_context():
        assert db.session.get_one(StaffAccount, person).failed == 4


def _fully_in(computer, noon) -> str:
    computer.sign_in()
    secret = computer.set_up()["secret"]
    assert computer.give(code(secret, noon)).status_code == 201
    return secret


def _sweep(app) -> None:
    with app.app_context():
        jobs.suspend_unused()


def _state(app, person) -> str:
    with app.app_context():
        return db.session.get_one(StaffAccount, person.user_id).state
