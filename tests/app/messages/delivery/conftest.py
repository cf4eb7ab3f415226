"""WeChat's stand-in behind a real socket, people who agreed to messages, and news for them."""

from dataclasses import replace

import pytest

from app import outside
from app.outside.sms import SmsRefused
from sandbox.serving import Server
from sandbox.wechat import WeChatStandIn, create_app
from tests.given.races import together
from tests.given.subscriptions import TEMPLATE, Post, Texts


@pytest.fixture
def stand_in(app, settings, monkeypatch):
    """WeChat, for the application under test."""
    stand_in = WeChatStandIn(settings.wechat_appid, settings.wechat_secret)
    with Server(create_app(stand_in)) as server:
        changed = replace(settings, wechat_api_base=server.url)
        monkeypatch.setitem(app.extensions, "clients", None)
        outside.init_app(app, changed, app.extensions["redis"])
        yield stand_in
        stand_in.faults.stop()


@pytest.fixture
def texts(app, stand_in, monkeypatch):
    """A provider of text messages; without this fixture the county has none."""
    provider = Texts()
    monkeypatch.setattr(app.extensions["clients"], "_sms", provider)
    return provider


@pytest.fixture
def refusing(texts):
    texts.failure = SmsRefused()
    return texts


@pytest.fixture
def mail(app, noon):
    return Post(app, noon)


@pytest.fixture
def phone(given, mail, stand_in):
    """A member of a household whose phone agreed to one message."""

    def make(family, openid: str = "o-1", times: int = 1):
        user_id = given.user()
        mail.knows(user_id, openid)
        client = given.resident(family, user_id=user_id)
        mail.set_template()
        for n in range(times):
            answer = client.post(
                "/api/v1/notices/agreements",
                json={"template_ids": [TEMPLATE]},
                headers={"Idempotency-Key": f"agree-{openid}-{n}"},
            )
            assert answer.status_code == 204
        stand_in.agree(openid, TEMPLATE, times)
        return client

    return make
