"""Whatever WeChat answers, the caller gets a result or one of our own refusals."""

import logging
import re
import traceback
from uuid import uuid4

import pytest
import requests
import responses
from structlog.testing import capture_logs

from app.outside.wechat import (
    LoginBlocked,
    LoginCodeInvalid,
    PhoneCodeInvalid,
    PhoneNotMainland,
    Shared,
    WeChat,
    WeChatMisconfigured,
    WeChatSession,
    WeChatTooOften,
    WeChatUnavailable,
    tokens,
)
from tests.given.away import no_valkey
from tests.given.wechat_wire import APPID, SECRET, VAULT

API = "https://api.weixin.qq.com/"
SESSION = API + "sns/jscode2session"
TOKEN = API + "cgi-bin/stable_token"
PHONE = API + "wxa/business/getuserphonenumber"
HTML = "<html><body>502 Bad Gateway</body></html>"

UNUSABLE = {
    "read time-out": {"body": requests.ReadTimeout("https://x/?secret=leak")},
    "connect time-out": {"body": requests.ConnectTimeout("https://x/?secret=leak")},
    "connection lost": {"body": requests.ConnectionError("https://x/?secret=leak")},
    "500": {"status": 500, "json": {"openid": "o"}},
    "502 in HTML": {"status": 502, "body": HTML},
    "200 in HTML": {"body": HTML},
    "empty": {"body": ""},
    "not an object": {"body": "[1]"},
    "nested without end": {"body": "[" * 100_000},
    "errcode that is no number": {"json": {"errcode": "busy"}},
    "redirect elsewhere": {"status": 302, "headers": {"Location": "https://elsewhere.test/"}},
    "busy": {"json": {"errcode": -1, "errmsg": "system error"}},
    "quota of the day": {"json": {"errcode": 45009, "errmsg": "reach max api daily quota"}},
    "errcode unheard of": {"json": {"errcode": 99999, "errmsg": "?"}},
}


@pytest.fixture
def http():
    with responses.RequestsMock() as mock:
        yield mock


@pytest.fixture
def wechat(redis):
    return WeChat(APPID, SECRET, Shared(redis, VAULT))


@pytest.fixture
def token(http):
    return http.post(TOKEN, json={"access_token": "T1", "expires_in": 7200})


def phone_info(**changes):
    shown = {
        "phoneNumber": "13800000001",
        "purePhoneNumber": "13800000001",
        "countryCode": "86",
        "watermark": {"timestamp": 1, "appid": APPID},
    }
    return {"errcode": 0, "errmsg": "ok", "phone_info": shown | changes}


def test_a_code_gives_the_openid_without_a_token(http, wechat):
    answer = {"openid": "o-1", "session_key": "k", "unionid": "u-1"}  # no errcode on success
    http.get(SESSION, json=answer)

    assert wechat.session("C1") == WeChatSession(openid="o-1", unionid="u-1")
    assert http.calls[0].request.params == {
        "appid": APPID,
        "secret": SECRET,
        "js_code": "C1",
        "grant_type": "authorization_code",
    }


@pytest.mark.parametrize("errcode", [0, "0"])
def test_an_errcode_of_zero_is_a_success(http, wechat, errcode):
    http.get(SESSION, json={"errcode": errcode, "openid": "o-1"})

    assert wechat.session("C1") == WeChatSession(openid="o-1", unionid=None)


@pytest.mark.parametrize(
    ("errcode", "error", "status", "code"),
    [
        (40029, LoginCodeInvalid, 401, "wechat.code_invalid"),
        ("40029", LoginCodeInvalid, 401, "wechat.code_invalid"),
        (40163, LoginCodeInvalid, 401, "wechat.code_invalid"),
        (40226, LoginBlocked, 403, "wechat.login_blocked"),
        (45011, WeChatTooOften, 429, "wechat.too_often"),
        (40013, WeChatMisconfigured, 500, "wechat.misconfigured"),
        (40125, WeChatMisconfigured, 500, "wechat.misconfigured"),
        (41002, WeChatMisconfigured, 500, "wechat.misconfigured"),
        (41004, WeChatMisconfigured, 500, "wechat.misconfigured"),
    ],
)
def test_each_errcode_of_a_login_has_its_refusal(http, wechat, errcode, error, status, code):
    http.get(SESSION, json={"errcode": errcode, "errmsg": "no, rid: 6a-1b"})

    with pytest.raises(error) as refused:
        wechat.session("C1")
    assert (refused.value.status, refused.value.code) == (status, code)
    assert re.search("[\u4e00-\u9fff]", refused.value.sentence())
    assert refused.value.details == {}
    assert len(http.calls) == 1


@pytest.mark.parametrize("answer", UNUSABLE.values(), ids=UNUSABLE.keys())
def test_a_login_without_a_clear_answer_is_unavailable_and_not_tried_again(http, wechat, answer):
    http.get(SESSION, **answer)

    with pytest.raises(WeChatUnavailable) as refused:
        wechat.session("C1")
    assert refused.value.status == 503
    assert refused.value.sentence() == "微信暂时没有响应，请稍后再试"
    assert len(http.calls) == 1


@pytest.mark.parametrize("openid", [None, "", 7])
def test_a_login_answer_without_an_openid_is_unavailable(http, wechat, openid):
    http.get(SESSION, json={"openid": openid, "session_key": "k"})

    with pytest.raises(WeChatUnavailable):
        wechat.session("C1")


@pytest.mark.parametrize("code", ["", "x" * 513])
def test_an_impossible_code_is_refused_without_asking_wechat(http, wechat, code):
    with pytest.raises(LoginCodeInvalid):
        wechat.session(code)
    with pytest.raises(PhoneCodeInvalid):
        wechat.phone_number(code, "o-1")
    assert len(http.calls) == 0


@pytest.mark.parametrize("country_code", ["86", 86, "+86"])
def test_a_phone_code_gives_the_mainland_number(http, token, wechat, country_code):
    sent = http.post(PHONE, json=phone_info(countryCode=country_code))

    assert wechat.phone_number("P1", "o-1") == "13800000001"
    assert sent.calls[0].request.params == {"access_token": "T1"}
    assert sent.calls[0].request.body == b'{"code": "P1", "openid": "o-1"}'
    assert sent.calls[0].request.headers["Content-Type"] == "application/json"


@pytest.mark.parametrize(
    "changes",
    [{"countryCode": "852", "purePhoneNumber": "51234567"}, {"purePhoneNumber": "02150000000"}],
)
def test_a_number_not_of_the_mainland_is_refused(http, token, wechat, changes):
    http.post(PHONE, json=phone_info(**changes))

    with pytest.raises(PhoneNotMainland) as refused:
        wechat.phone_number("P1", "o-1")
    assert refused.value.status == 422


@pytest.mark.parametrize(
    "answer",
    [
        phone_info(watermark={"timestamp": 1, "appid": "wx-of-another"}),
        phone_info(watermark=None),
        {"errcode": 0, "phone_info": None},
        {"errcode": 0},
    ],
)
def test_a_phone_answer_that_is_not_ours_is_not_believed(http, token, wechat, answer):
    http.post(PHONE, json=answer)

    with pytest.raises(WeChatUnavailable):
        wechat.phone_number("P1", "o-1")


@pytest.mark.parametrize(
    ("errcode", "error", "status"),
    [
        (40029, PhoneCodeInvalid, 422),
        (40163, PhoneCodeInvalid, 422),
        (40003, PhoneCodeInvalid, 422),
        (45011, WeChatTooOften, 429),
        (40013, WeChatMisconfigured, 500),
        (48001, WeChatMisconfigured, 500),
        (-1, WeChatUnavailable, 503),
    ],
)
def test_each_errcode_of_a_phone_code_has_its_refusal(http, token, wechat, errcode, error, status):
    http.post(PHONE, json={"errcode": errcode, "errmsg": "no"})

    with pytest.raises(error) as refused:
        wechat.phone_number("P1", "o-1")
    assert refused.value.status == status


@pytest.mark.parametrize(
    "errcode", [40001, 40002, 40013, 40125, 40164, 40243, 41002, 41004, 43002, 50004, 50007, 89503]
)
def test_a_token_refused_to_the_installation_is_an_alarm(http, wechat, errcode):
    http.post(TOKEN, json={"errcode": errcode, "errmsg": "no, rid: 6a-1b-2c"})

    with capture_logs() as logged, pytest.raises(WeChatMisconfigured):
        wechat.phone_number("P1", "o-1")
    (alarm,) = logged
    assert (alarm["log_level"], alarm["event"]) == ("error", "wechat.misconfigured")
    assert (alarm["errcode"], alarm["rid"]) == (errcode, "6a-1b-2c")
    assert SECRET not in str(alarm)


@pytest.mark.parametrize(
    "answer",
    [
        *UNUSABLE.values(),
        {"json": {"access_token": "T1"}},
        {"json": {"access_token": "", "expires_in": 7200}},
        {"json": {"access_token": "T1", "expires_in": "soon"}},
    ],
)
def test_no_usable_token_is_unavailable_and_nothing_is_kept(http, wechat, redis, answer):
    http.post(TOKEN, **answer)

    with pytest.raises(WeChatUnavailable):
        wechat.phone_number("P1", "o-1")
    assert len(http.calls) == 1
    assert redis.keys() == []


def test_without_valkey_the_token_is_asked_for_each_time(http, token):
    http.post(PHONE, json=phone_info())
    wechat = WeChat(APPID, SECRET, Shared(no_valkey(), VAULT))

    assert wechat.phone_number("P1", "o-1") == "13800000001"
    assert wechat.phone_number("P2", "o-1") == "13800000001"
    assert token.call_count == 2


@pytest.mark.parametrize(
    "record",
    [
        b'{"value": "T0", "expires_at": 9e9}',  # in clear, as the release before wrote it
        b"\xff\0sealed by nobody",
        VAULT.seal('"an old shape"', tokens.PURPOSE),
        VAULT.seal('{"value": "T0", "expires_at": 9e9}', "another purpose"),
    ],
    ids=["in clear", "of nobody", "of an old shape", "for another purpose"],
)
def test_a_record_that_cannot_be_read_is_replaced(http, token, wechat, redis, record):
    redis.set(f"wechat:token:{APPID}", record)
    http.post(PHONE, json=phone_info())

    assert wechat.phone_number("P1", "o-1") == "13800000001"
    assert token.call_count == 1


@pytest.mark.parametrize("answer", UNUSABLE.values(), ids=UNUSABLE.keys())
def test_neither_the_log_nor_the_traceback_of_a_failure_holds_a_secret(
    http, wechat, all_logs, answer
):
    code = uuid4().hex  # not written here: a traceback shows lines of this file
    http.get(SESSION, **answer)

    with pytest.raises(WeChatUnavailable) as refused:
        wechat.session(code)
    logging.getLogger("test").error("failed", exc_info=refused.value)

    told = all_logs() + "".join(traceback.format_exception(refused.value))
    assert '"event": "failed"' in told
    assert SECRET not in told
    assert code not in told
    assert "leak" not in told
