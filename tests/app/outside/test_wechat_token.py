"""The shared token, against the stand-in WeChat and a real Valkey."""

import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
import requests
import responses
from prometheus_client import REGISTRY

from app.outside.wechat import (
    LoginCodeInvalid,
    PhoneCodeInvalid,
    Shared,
    WeChat,
    WeChatMisconfigured,
    WeChatSession,
    WeChatUnavailable,
    tokens,
)
from tests.given.wechat_wire import APPID, SECRET, VAULT

TOKEN_PATH = "/cgi-bin/stable_token"
PHONE_PATH = "/wxa/business/getuserphonenumber"
SESSION_PATH = "/sns/jscode2session"
PHONE = "13800000001"


@pytest.fixture
def wechat(wechat_server, wechat_stand_in, redis):
    return WeChat(
        APPID,
        SECRET,
        Shared(redis, VAULT),
        base_url=wechat_server.url,
        timeout_seconds=(1, 0.5),
        now=lambda: datetime.fromtimestamp(wechat_stand_in.now(), UTC),
    )


def break_(server, path, kind, **more):
    fault = {"path": path, "kind": kind, "times": 1, "hold_seconds": 2, **more}
    assert requests.post(server.url + "/_sandbox/faults", json=fault, timeout=5).ok


def phone(wechat, stand_in, openid="o-1"):
    return wechat.phone_number(stand_in.new_phone_code(openid, PHONE, 86), openid)


def test_a_login_code_works_once(wechat, wechat_stand_in):
    code = wechat_stand_in.new_login_code("o-1")

    assert wechat.session(code) == WeChatSession(openid="o-1", unionid=None)
    with pytest.raises(LoginCodeInvalid):
        wechat.session(code)
    assert wechat_stand_in.calls == {SESSION_PATH: 2}  # and never a token


def test_a_login_code_of_five_minutes_ago_is_refused(wechat, wechat_stand_in):
    code = wechat_stand_in.new_login_code("o-1")

    wechat_stand_in.advance(300)

    with pytest.raises(LoginCodeInvalid):
        wechat.session(code)


def test_after_a_time_out_the_code_is_used_up_and_was_sent_once(
    wechat, wechat_server, wechat_stand_in
):
    code = wechat_stand_in.new_login_code("o-1")
    break_(wechat_server, SESSION_PATH, "timeout")

    with pytest.raises(WeChatUnavailable):
        wechat.session(code)
    assert wechat_stand_in.calls[SESSION_PATH] == 1
    with pytest.raises(LoginCodeInvalid):
        wechat.session(code)


@pytest.mark.parametrize("kind", ["500", "html", "garbage"])
def test_a_broken_answer_over_the_wire_is_unavailable(wechat, wechat_server, wechat_stand_in, kind):
    code = wechat_stand_in.new_login_code("o-1")
    break_(wechat_server, SESSION_PATH, kind)

    with pytest.raises(WeChatUnavailable):
        wechat.session(code)
    assert wechat.session(code).openid == "o-1"


def test_wechat_that_does_not_listen_is_unavailable(redis):
    with pytest.raises(WeChatUnavailable):
        WeChat(APPID, SECRET, Shared(redis, VAULT), base_url="http://127.0.0.1:9").session("C1")


def test_a_wrong_secret_is_our_fault_and_not_the_users(wechat_server, redis):
    wechat = WeChat(APPID, "wrong", Shared(redis, VAULT), base_url=wechat_server.url)

    with pytest.raises(WeChatMisconfigured):
        wechat.session("C1")
    with pytest.raises(WeChatMisconfigured):
        wechat.phone_number("P1", "o-1")


def test_a_phone_code_of_another_user_is_refused_and_still_works_for_its_own(
    wechat, wechat_stand_in
):
    code = wechat_stand_in.new_phone_code("o-1", PHONE, 86)

    with pytest.raises(PhoneCodeInvalid):
        wechat.phone_number(code, "o-2")
    assert wechat.phone_number(code, "o-1") == PHONE
    with pytest.raises(PhoneCodeInvalid):
        wechat.phone_number(code, "o-1")


def test_twenty_threads_ask_for_one_token(wechat, wechat_stand_in):
    codes = [wechat_stand_in.new_phone_code(f"o-{n}", PHONE, 86) for n in range(20)]
    together = threading.Barrier(20)

    def ask(n):
        together.wait()
        return wechat.phone_number(codes[n], f"o-{n}")

    with ThreadPoolExecutor(20) as pool:
        numbers = list(pool.map(ask, range(20)))

    assert numbers == [PHONE] * 20
    assert wechat_stand_in.calls == {TOKEN_PATH: 1, PHONE_PATH: 20}


def test_the_token_is_kept_until_four_minutes_before_its_end(wechat, wechat_stand_in):
    phone(wechat, wechat_stand_in)
    wechat_stand_in.advance(7200 - 245)
    phone(wechat, wechat_stand_in)
    assert wechat_stand_in.calls[TOKEN_PATH] == 1

    wechat_stand_in.advance(10)
    phone(wechat, wechat_stand_in)
    phone(wechat, wechat_stand_in)
    assert wechat_stand_in.calls[TOKEN_PATH] == 2


def test_while_one_renews_the_others_go_on_with_the_old_token(wechat, wechat_stand_in, redis):
    phone(wechat, wechat_stand_in)
    wechat_stand_in.advance(7200 - 100)

    with redis.lock(f"wechat:token:{APPID}:lock", timeout=20):
        assert phone(wechat, wechat_stand_in) == PHONE
    assert wechat_stand_in.calls[TOKEN_PATH] == 1


def test_without_a_usable_token_the_wait_for_the_renewal_ends(wechat, redis, monkeypatch):
    monkeypatch.setattr(tokens, "WAIT_SECONDS", 0.2)

    with redis.lock(f"wechat:token:{APPID}:lock", timeout=20), pytest.raises(WeChatUnavailable):
        wechat.phone_number("P1", "o-1")


def test_a_failed_renewal_frees_the_lock(wechat, wechat_server, wechat_stand_in):
    break_(wechat_server, TOKEN_PATH, "500")

    with pytest.raises(WeChatUnavailable):
        phone(wechat, wechat_stand_in)
    assert phone(wechat, wechat_stand_in) == PHONE


def test_a_token_forgotten_by_wechat_is_replaced_once(wechat, wechat_stand_in):
    phone(wechat, wechat_stand_in)
    wechat_stand_in.stable_token(force_refresh=True)

    assert phone(wechat, wechat_stand_in) == PHONE
    assert phone(wechat, wechat_stand_in) == PHONE
    assert wechat_stand_in.calls == {TOKEN_PATH: 2, PHONE_PATH: 4}


@pytest.mark.parametrize("errcode", [40001, 40014, 42001])
def test_the_same_token_is_not_tried_twice(wechat, wechat_server, wechat_stand_in, errcode):
    break_(wechat_server, PHONE_PATH, "errcode", errcode=errcode, times=1000)

    with pytest.raises(WeChatUnavailable):
        phone(wechat, wechat_stand_in)
    assert wechat_stand_in.calls[PHONE_PATH] == 1
    assert wechat_stand_in.calls[TOKEN_PATH] == 2


def test_another_token_is_tried_once_and_no_more(redis):
    with responses.RequestsMock() as http:
        api = "https://api.weixin.qq.com"
        for value in ("T1", "T2", "T3"):
            http.post(api + TOKEN_PATH, json={"access_token": value, "expires_in": 7200})
        asked = http.post(api + PHONE_PATH, json={"errcode": 40001, "errmsg": "invalid"})
        http.assert_all_requests_are_fired = False

        with pytest.raises(WeChatUnavailable):
            WeChat(APPID, SECRET, Shared(redis, VAULT)).phone_number("P1", "o-1")

        sent = [call.request.params["access_token"] for call in asked.calls]
        assert sent == ["T1", "T2"]
        assert len(http.calls) == 4


@pytest.mark.parametrize("kind", ["timeout", "500", "html", "garbage", "errcode"])
def test_over_the_wire_no_log_holds_a_secret_a_code_or_a_token(
    wechat, wechat_server, wechat_stand_in, redis, all_logs, kind
):
    phone(wechat, wechat_stand_in)
    token = wechat_stand_in.stable_token(force_refresh=False)["access_token"]
    login_code = wechat_stand_in.new_login_code("o-1")
    phone_code = wechat_stand_in.new_phone_code("o-1", PHONE, 86)
    for path in (SESSION_PATH, PHONE_PATH):
        break_(wechat_server, path, kind)

    with pytest.raises(WeChatUnavailable):
        wechat.session(login_code)
    with pytest.raises(WeChatUnavailable):
        wechat.phone_number(phone_code, "o-1")

    told = all_logs()
    assert "jscode2session" in told  # the HTTP library tells the address of each request
    for secret in (SECRET, token, login_code, phone_code, PHONE):
        assert secret not in told


def test_valkey_never_holds_the_token_in_clear(redis):
    with responses.RequestsMock() as http:
        http.post(
            "https://api.weixin.qq.com" + TOKEN_PATH,
            json={"access_token": "TOKEN-IN-CLEAR", "expires_in": 7200},
        )
        http.post(
            "https://api.weixin.qq.com" + PHONE_PATH,
            json={
                "phone_info": {
                    "purePhoneNumber": PHONE,
                    "countryCode": 86,
                    "watermark": {"appid": APPID},
                }
            },
        )
        WeChat(APPID, SECRET, Shared(redis, VAULT)).phone_number("P1", "o-1")

    kept = redis.get(f"wechat:token:{APPID}")
    assert kept is not None
    assert b"TOKEN-IN-CLEAR" not in kept
    assert json.loads(VAULT.unseal(kept, tokens.PURPOSE))["value"] == "TOKEN-IN-CLEAR"


class RenewedMeanwhile:
    """A Redis in which another process renews the token just before we get the lock."""

    def __init__(self, redis, record):
        self._redis = redis
        self._record = record

    def lock(self, name, **options):
        self._redis.set(name.removesuffix(":lock"), self._record)
        return self._redis.lock(name, **options)

    def __getattr__(self, name):
        return getattr(self._redis, name)


def test_a_token_renewed_between_the_look_and_the_lock_is_taken(redis):
    told = json.dumps({"value": "T2", "expires_at": time.time() + 7200})
    record = VAULT.seal(told, tokens.PURPOSE)
    phone_info = {"purePhoneNumber": PHONE, "countryCode": 86, "watermark": {"appid": APPID}}
    with responses.RequestsMock() as http:  # a request for a token would be refused
        asked = http.post("https://api.weixin.qq.com" + PHONE_PATH, json={"phone_info": phone_info})

        assert WeChat(APPID, SECRET, Shared(RenewedMeanwhile(redis, record), VAULT)).phone_number(
            "P1", "o"
        ) == (PHONE)
    assert asked.calls[0].request.params == {"access_token": "T2"}


def test_a_lock_that_ran_out_during_the_renewal_does_no_harm(redis):
    def slow(_):
        redis.set(f"wechat:token:{APPID}:lock", "another's")
        return 200, {}, json.dumps({"access_token": "T1", "expires_in": 7200})

    with responses.RequestsMock() as http:
        http.add_callback("POST", "https://api.weixin.qq.com" + TOKEN_PATH, slow)
        http.post("https://api.weixin.qq.com" + PHONE_PATH, json={"errcode": 40029})

        with pytest.raises(PhoneCodeInvalid):
            WeChat(APPID, SECRET, Shared(redis, VAULT)).phone_number("P1", "o-1")

    assert redis.get(f"wechat:token:{APPID}:lock") == b"another's"


def test_each_request_is_counted_by_its_outcome(wechat, wechat_server, wechat_stand_in):
    def count(outcome):
        labels = {"call": "sns/jscode2session", "outcome": outcome}
        return REGISTRY.get_sample_value("fen_wechat_calls_total", labels) or 0

    before = {outcome: count(outcome) for outcome in ("0", "40029", "http_500")}
    wechat.session(wechat_stand_in.new_login_code("o-1"))
    with pytest.raises(LoginCodeInvalid):
        wechat.session("unknown")
    break_(wechat_server, SESSION_PATH, "500")
    with pytest.raises(WeChatUnavailable):
        wechat.session("any")

    assert {outcome: count(outcome) - n for outcome, n in before.items()} == {
        "0": 1,
        "40029": 1,
        "http_500": 1,
    }
