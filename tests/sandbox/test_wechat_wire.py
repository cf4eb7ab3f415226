"""The stand-in answers as WeChat's documentation says: HTTP 200, and the errcode in the body."""

import pytest

from sandbox.wechat import WeChatStandIn, create_app

APPID, SECRET = "wx-of-this-test", "s3cret"
LOGIN = {"appid": APPID, "secret": SECRET, "js_code": "x", "grant_type": "authorization_code"}
TOKEN = {"appid": APPID, "secret": SECRET, "grant_type": "client_credential"}
PHONE_PATH = "/wxa/business/getuserphonenumber"


@pytest.fixture
def stand_in():
    return WeChatStandIn(APPID, SECRET)


@pytest.fixture
def http(stand_in):
    return create_app(stand_in).test_client()


def errcode(answer):
    assert answer.status_code == 200
    assert ", rid: " in answer.json["errmsg"]
    return answer.json["errcode"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"appid": ""}, 41002),
        ({"secret": ""}, 41004),
        ({"appid": "wx-of-another"}, 40013),
        ({"secret": "wrong"}, 40125),
        ({"grant_type": "other"}, 40002),
        ({"js_code": ""}, 41008),
        ({"js_code": "unknown"}, 40029),
    ],
)
def test_a_login_that_is_not_as_agreed_has_its_errcode(http, change, code):
    assert errcode(http.get("/sns/jscode2session", query_string=LOGIN | change)) == code


def test_a_login_code_is_used_up_by_its_first_use(http):
    code = http.post("/_sandbox/login-codes", json={"openid": "o-1"}).json["code"]
    query = LOGIN | {"js_code": code}

    first = http.get("/sns/jscode2session", query_string=query)
    assert (first.content_type, first.get_json(force=True)["openid"]) == ("text/plain", "o-1")
    assert errcode(http.get("/sns/jscode2session", query_string=query)) == 40163


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (TOKEN | {"grant_type": "x"}, 40002),
        (TOKEN | {"appid": "x"}, 40013),
        (TOKEN | {"secret": "x"}, 40125),
        ("text", 47001),
    ],
)
def test_a_token_request_that_is_not_as_agreed_has_its_errcode(http, body, code):
    assert errcode(http.post("/cgi-bin/stable_token", json=body)) == code


def test_what_must_be_posted_is_not_got(http):
    assert errcode(http.get("/cgi-bin/stable_token")) == 43002


def test_a_token_repeats_until_five_minutes_before_its_end_and_then_both_work(http, stand_in):
    first = http.post("/cgi-bin/stable_token", json=TOKEN).json
    assert first["expires_in"] in {7199, 7200}
    stand_in.advance(6890)
    assert (
        http.post("/cgi-bin/stable_token", json=TOKEN).json["access_token"]
        == (first["access_token"])
    )

    stand_in.advance(11)
    second = http.post("/cgi-bin/stable_token", json=TOKEN).json

    assert second["access_token"] != first["access_token"]
    for token in (first, second):
        query = {"access_token": token["access_token"]}
        assert errcode(http.post(PHONE_PATH, query_string=query, json={"code": "x"})) == 40029
    stand_in.advance(300)
    query = {"access_token": first["access_token"]}
    assert errcode(http.post(PHONE_PATH, query_string=query, json={"code": "x"})) == 42001


@pytest.mark.parametrize(("token", "code"), [("", 41001), ("unknown", 40001)])
def test_a_call_without_a_good_token_has_its_errcode(http, token, code):
    query = {"access_token": token}
    assert errcode(http.post(PHONE_PATH, query_string=query, json={"code": "x"})) == code


def test_a_number_of_another_region_carries_its_prefix(http):
    token = http.post("/cgi-bin/stable_token", json=TOKEN).json["access_token"]
    given = {"openid": "o-1", "phone": "51234567", "country_code": 852}
    code = http.post("/_sandbox/phone-codes", json=given).json["code"]

    answer = http.post(PHONE_PATH, query_string={"access_token": token}, json={"code": code}).json

    assert answer["errcode"] == 0
    assert answer["phone_info"]["phoneNumber"] == "+85251234567"
    assert answer["phone_info"]["purePhoneNumber"] == "51234567"
    assert answer["phone_info"]["watermark"]["appid"] == APPID


def test_a_fault_is_shown_as_often_as_asked_and_can_be_taken_back(http):
    fault = {"path": "sns/jscode2session", "kind": "errcode", "errcode": 45011, "times": 2}
    for _ in range(2):
        http.post("/_sandbox/faults", json=fault)

    answers = [errcode(http.get("/sns/jscode2session", query_string=LOGIN)) for _ in range(3)]
    http.delete("/_sandbox/faults")

    assert answers == [45011, 45011, 45011]
    assert errcode(http.get("/sns/jscode2session", query_string=LOGIN)) == 40029
    assert http.get("/_sandbox/calls").json["/sns/jscode2session"] == 4


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("login-codes", {}),
        ("login-codes", {"openid": 7}),
        ("phone-codes", {"openid": "o-1"}),
        ("faults", {"path": "/sns/jscode2session", "kind": "explode"}),
    ],
)
def test_a_control_that_makes_no_sense_is_refused(http, path, body):
    answer = http.post(f"/_sandbox/{path}", json=body)
    assert (answer.status_code, answer.json["code"]) == (400, "refused")
