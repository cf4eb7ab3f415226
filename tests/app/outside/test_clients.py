"""The clients of the running application."""

import pytest
from flask import Flask
from structlog.testing import capture_logs

from app import outside
from app.config import Settings
from app.kernel import secrets
from app.outside.bank import BankNotConfigured, PaymentState
from tests.given.bank import API_KEY
from tests.given.wechat_wire import APPID, SECRET, VAULT


@pytest.fixture
def application(redis, wechat_server, bank_server):
    settings = Settings(
        wechat_appid=APPID,
        wechat_secret=SECRET,
        wechat_api_base=wechat_server.url,
        bank_api_base=bank_server.url,
        bank_api_key=API_KEY,
    )
    app = Flask("test")
    secrets.init_app(app, VAULT)
    outside.init_app(app, settings, redis)
    return app


def test_the_settings_say_where_wechat_is(application, wechat_stand_in):
    with application.app_context():
        assert outside.wechat().session(wechat_stand_in.new_login_code("o-1")).openid == "o-1"


def test_the_settings_say_where_the_bank_is(application):
    with application.app_context():
        assert outside.bank().query("a" * 32).state is PaymentState.NOT_FOUND


def test_a_process_has_one_client_of_each_kind(application):
    with application.app_context():
        assert outside.wechat() is outside.wechat()
        assert outside.bank() is outside.bank()


def test_without_a_bank_the_refusal_says_so_and_the_log_says_what_to_set(redis):
    app = Flask("test")
    secrets.init_app(app, VAULT)
    outside.init_app(app, Settings(), redis)

    with app.app_context(), capture_logs() as logged, pytest.raises(BankNotConfigured) as missing:
        outside.bank()
    assert missing.value.sentence() == "还没有接通银行，请联系系统管理员"
    assert [line["hint"] for line in logged] == ["set BANK_API_BASE and BANK_API_KEY"]
