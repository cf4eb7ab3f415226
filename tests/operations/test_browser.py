"""The mini-program in a browser: its files, and who one may be there."""

import json
from dataclasses import replace

import pytest

from operations import browser
from operations.factory import create_app
from sandbox import county, people
from sandbox.serving import Server
from sandbox.wechat import WeChatStandIn
from sandbox.wechat import create_app as stand_in

NAMED = people.RESIDENTS[0].openid


@pytest.fixture
def built(monkeypatch, tmp_path):
    monkeypatch.setattr(browser, "BUILT", tmp_path)
    return tmp_path


def test_before_it_is_built_the_page_says_how_to_build_it(app, built):
    answer = app.test_client().get("/m/")

    assert answer.status_code == 503
    assert "make client" in answer.text


def test_the_page_runs_its_own_scripts_only_and_is_asked_for_anew(app, built):
    (built / "index.html").write_text("<html><script>let a = 1</script></html>")

    answer = app.test_client().get("/m/")

    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'; script-src 'self' 'wasm-unsafe-eval' 'sha256-" in policy
    assert "script-src 'self' 'wasm-unsafe-eval' 'unsafe-inline'" not in policy
    assert answer.headers["Cache-Control"] == "no-cache"


def test_a_file_with_a_hash_in_its_name_is_kept_and_nothing_outside_is_served(app, built):
    (built / "app.0123abcd.js").write_text("1")
    (built / "plain.js").write_text("1")
    client = app.test_client()

    with client.get("/m/app.0123abcd.js") as kept, client.get("/m/plain.js") as plain:
        assert "immutable" in kept.headers["Cache-Control"]
        assert "immutable" not in plain.headers["Cache-Control"]
    assert client.get("/m/%2e%2e/wsgi.py").status_code == 404
    assert client.get("/m/no-such.js").json["code"] == "http_404"


@pytest.fixture
def trying(settings, tmp_path):
    """An application beside a stand-in of WeChat, with the demo's people."""
    told = tmp_path / people.LISTED
    told.parent.mkdir()
    told.write_text(json.dumps({"county": people.COUNTY_NAME, "people": county.listed()}))
    wechat = WeChatStandIn(settings.wechat_appid, settings.wechat_secret)
    with Server(stand_in(wechat)) as server:
        changed = replace(settings, home=str(tmp_path), wechat_api_base=server.url)
        yield create_app(changed, TESTING=True), wechat


def test_one_may_be_anybody_of_the_demo_and_nobody_else(trying):
    app, wechat = trying
    client = app.test_client()

    listed = client.get("/m/people").json["people"]
    code = client.post(f"/m/people/{NAMED}/login-code").json["code"]
    phone_code = client.post(f"/m/people/{NAMED}/phone-code").json["code"]

    assert [someone["name"] for someone in listed[:4]] == ["沈翠竹", "小满", "前进百货", "秦竹林"]
    assert wechat.login(code).openid == NAMED
    assert wechat.phone(phone_code, NAMED).phone == people.RESIDENTS[0].phone
    assert client.post("/m/people/demo-13900000000/login-code").status_code == 404


def test_where_wechat_is_the_real_one_nobody_is_offered_to_anybody(trying):
    app, wechat = trying
    real = replace(app.config["SETTINGS"], wechat_appid="wx0123456789abcdef")
    app.config["SETTINGS"] = real
    client = app.test_client()

    refusals = [
        client.get("/m/people"),
        client.post(f"/m/people/{NAMED}/login-code"),
        client.post(f"/m/people/{NAMED}/phone-code"),
    ]

    assert [answer.json["code"] for answer in refusals] == ["sandbox.none"] * 3
    assert wechat.calls == {}
