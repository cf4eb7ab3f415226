"""Notices on their way through WeChat's stand-in."""

from dataclasses import dataclass, field

from sqlalchemy import select

from app.kernel.db import db, transaction
from app.messages import notices
from app.messages.delivery import jobs, service
from app.messages.notices import Notice, NoticeState
from app.messages.notices.kinds import kind_of
from app.register.identity.models import WechatAccount
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
                county_id=COUNTY,
                by=None,
                at=self._noon(),
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
