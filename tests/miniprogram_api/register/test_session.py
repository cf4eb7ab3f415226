"""Signing in with WeChat's code, and what becomes of the token."""

from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from uuid import UUID

import pytest
import responses
from sqlalchemy import select, text

from app.kernel import clock
from app.kernel.db import db, transaction
from app.register.identity import service
from app.register.identity.models import Session, User, WechatAccount
from tests.given.factories import COUNTY
from tests.given.wechat_wire import BASE, wechat


def sign_in(app, code="login-1", **body):
    return app.test_client().post("/api/v1/session", json={"code": code, **body})


def me(app, token):
    return app.test_client().get("/api/v1/me", headers={"Authorization": f"Bearer {token}"})


def counted(app, model):
    with app.app_context():
        return db.session.query(model).count()


def test_the_first_sign_in_makes_a_user_and_the_next_meets_the_same(app, given):
    given.county()

    with wechat():
        first, second = sign_in(app, "login-1"), sign_in(app, "login-2")

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json["user_id"] == second.json["user_id"]
    assert first.json["token"] != second.json["token"]
    assert first.json["county_id"] == COUNTY
    assert first.json["expires_at"] == "2026-07-01T04:00:00+00:00"
    assert (counted(app, User), counted(app, WechatAccount), counted(app, Session)) == (1, 1, 2)


def test_only_the_digest_of_a_token_is_stored(app, given):
    given.county()

    with wechat():
        token = sign_in(app).json["token"]

    with app.app_context():
        assert db.session.scalars(select(Session.digest)).all() == [sha256(token.encode()).digest()]
    assert len(token) == 43  # 256 bits


def test_a_code_used_twice_is_refused_and_makes_no_second_session(app, given):
    given.county()

    with wechat():
        sign_in(app, "login-1")
        again = sign_in(app, "login-1")

    assert again.status_code == 401
    assert again.json["code"] == "wechat.code_invalid"
    assert counted(app, Session) == 1


def test_wechat_answering_500_is_a_passing_fault_and_makes_nobody(app, given):
    given.county()

    with responses.RequestsMock() as mock:
        mock.add("GET", f"{BASE}/sns/jscode2session", status=500, body="<html>oops</html>")
        answer = sign_in(app)

    assert answer.status_code == 503
    assert answer.json["message"] == "微信暂时没有响应，请稍后再试"
    assert counted(app, User) == 0


def test_a_newcomer_names_the_county_where_there_are_several(app, given):
    given.county()
    given.county(990102)

    with wechat():
        unnamed = sign_in(app, "login-1")
        unknown = sign_in(app, "login-2", county_id=990199)
        named = sign_in(app, "login-3", county_id=990102)

    assert (unnamed.status_code, unnamed.json["code"]) == (422, "regions.county_not_named")
    assert (unknown.status_code, unknown.json["code"]) == (404, "regions.county_not_found")
    assert (named.status_code, named.json["county_id"]) == (201, 990102)
    assert counted(app, User) == 1


def test_a_user_of_another_county_is_told_so(app, given):
    given.county()
    given.county(990102)

    with wechat():
        sign_in(app, "login-1", county_id=COUNTY)
        other = sign_in(app, "login-2", county_id=990102)
        unnamed = sign_in(app, "login-3")

    assert (other.status_code, other.json["code"]) == (409, "identity.other_county")
    assert unnamed.json["county_id"] == COUNTY


def test_a_blocked_user_is_refused_at_once_and_when_signing_in(app, given):
    given.county()
    with wechat():
        signed = sign_in(app, "login-1").json

        with app.app_context(), transaction():
            service.block_user(
                county_id=COUNTY,
                user_id=UUID(signed["user_id"]),
                is_blocked=True,
                actor_id=None,
                at=clock.now(),
            )
        again = sign_in(app, "login-2")

    assert me(app, signed["token"]).status_code == 401
    assert (again.status_code, again.json["code"]) == (403, "identity.blocked")
    assert counted(app, Session) == 0


def test_signing_out_ends_this_token_and_no_other(app, given):
    given.county()
    with wechat():
        first, second = sign_in(app, "login-1").json["token"], sign_in(app, "login-2").json["token"]

    gone = app.test_client().delete("/api/v1/session", headers={"Authorization": f"Bearer {first}"})

    assert gone.status_code == 204
    assert (me(app, first).status_code, me(app, second).status_code) == (401, 200)


def test_signing_out_needs_a_token(app, given):
    assert app.test_client().delete("/api/v1/session").status_code == 401


def test_a_token_lives_thirty_days_after_its_last_use(app, given, noon):
    given.county()
    with wechat():
        token = sign_in(app).json["token"]

    noon.move(days=29)
    assert me(app, token).status_code == 200
    noon.move(days=29)
    assert me(app, token).status_code == 200
    noon.move(days=30)
    assert me(app, token).status_code == 401


def test_a_token_is_extended_at_most_once_a_day(app, given, noon, queries):
    given.county()
    with wechat():
        token = sign_in(app).json["token"]

    noon.move(hours=23)
    with queries() as early:
        me(app, token)
    noon.move(hours=1)
    with queries() as due:
        me(app, token)
    with queries() as again:
        me(app, token)

    assert [sum(s.startswith("UPDATE") for s in seen) for seen in (early, due, again)] == [0, 1, 0]


def test_the_caller_costs_one_query_and_nobody_none(app, given, queries):
    client = given.visitor()

    with queries() as signed_in:
        client.get("/api/v1/regions/counties")
    with queries() as nobody:
        app.test_client().get("/api/v1/regions/counties")

    assert (len(signed_in), len(nobody)) == (2, 1)


def test_a_bad_token_on_a_public_page_is_simply_nobody(app, given):
    given.county()

    answer = app.test_client().get(
        "/api/v1/regions/counties", headers={"Authorization": "Bearer nonsense"}
    )

    assert answer.status_code == 200
    assert answer.json == [{"id": COUNTY, "name": "示范县"}]


def test_a_body_without_a_code_is_refused_before_wechat_is_asked(app, given):
    given.county()

    answer = app.test_client().post("/api/v1/session", json={})

    assert answer.status_code == 422
    assert answer.json["code"] == "invalid_request"


def test_tokens_and_codes_are_never_logged(app, given, caplog):
    given.county()
    with wechat(openid="openid-secret"):
        token = sign_in(app, "login-secret").json["token"]
    me(app, token)

    seen = caplog.text
    assert token not in seen
    assert "login-secret" not in seen
    assert "openid-secret" not in seen
    assert "/api/v1/session" in seen


@pytest.mark.race("app.register.identity.service._take_turns")
def test_two_first_sign_ins_at_once_make_one_user(app, given, committed):
    given.county()
    at = clock.now()

    def attempt(_):
        with app.app_context(), transaction():
            return service.sign_in(appid="wx", openid="o", county_id=COUNTY, at=at).user_id

    with ThreadPoolExecutor(8) as pool:
        users = set(pool.map(attempt, range(8)))

    assert len(users) == 1
    with app.app_context():
        assert db.session.scalar(text("SELECT count(*) FROM users")) == 1
        assert db.session.scalar(text("SELECT count(*) FROM sessions")) == 8
