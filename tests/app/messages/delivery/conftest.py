"""WeChat's stand-in behind a real socket, people who agreed to messages, and news for them."""

from dataclasses import dataclass, field, replace

import pytest
from sqlalchemy import select

from app import outside
from app.kernel.db import db, transaction
from app.messages import notices
from app.messages.delivery import jobs, service
from app.messages.notices import Notice, NoticeState
from app.messages.notices.kinds import kind_of
from app.outside.sms import SmsRefused
from app.register.identity.models import WechatAccount
from sandbox.serving import Server
from sandbox.wechat import WeChatStandIn, create_app
from tests.given.factories import COUNTY

TEMPLATE = "t-points"
EXPIRING = {"points": 30, "expires_on": "2027-03-31", "days_left": 30}


@dataclass
class Texts:
    """A provider of text messages that a test can look into, and make refuse or fail."""

    sent: list[tuple[str, str]] = field(default_factory=list)
    failure: Exception | None = None

    def send(self, *, phone: str, text: str) -> None:
        if self.failure is not None:
            raise self.failure
        self.sent.append((phone, text))


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


class Post:
    """Writes notices, and looks where they end."""

    def __init__(self, app, noon) -> None:
        self._app, self._noon = app, noon

    def set_template(self, kind: str = "points_expire") -> None:
        with self._app.app_context(), transaction():
            service.set_template(
                kind=kind,
                template_id=TEMPLATE,
                fields={"thing1": "title", "thing2": "hint", "date3": "day"},
            )

    def knows(self, user_id, openid: str) -> None:
        """The user has signed in through WeChat as ``openid``."""
        with self._app.app_context(), transaction():
            db.session.add(
                WechatAccount(
                    appid=self._app.config["SETTINGS"].wechat_appid,
                    openid=openid,
                    user_id=user_id,
                    created_at=self._noon(),
                )
            )

    def write(self, addressee, kind: str = "points_expire") -> Notice:
        with self._app.app_context(), transaction():
            assert notices.tell(kind_of(kind), [addressee], county_id=COUNTY, at=self._noon()) == 1
        with self._app.app_context():
            return db.session.scalars(select(Notice).where(Notice.topic == addressee.topic)).one()

    def to_household(self, family, topic: str = "1") -> Notice:
        return self.write(notices.ToHousehold(family.id, topic, EXPIRING))

    def only(self) -> Notice:
        with self._app.app_context():
            return db.session.scalars(select(Notice)).one()

    def deliver(self, notice: Notice) -> NoticeState:
        """Let the job run once; where the notice stands then."""
        with self._app.app_context():
            jobs.deliver(str(notice.county_id), str(notice.id))
            return db.session.get_one(Notice, (notice.county_id, notice.id)).state


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
