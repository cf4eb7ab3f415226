"""A notice goes down the ladder: WeChat, a text message, a person of the village."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from app.kernel.db import db
from app.kernel.jobs import queue
from app.messages import notices
from app.messages.delivery import jobs
from app.messages.delivery.models import MessageCredit
from app.messages.notices import Notice, NoticeState
from app.outside.sms import SmsUnavailable
from app.register.identity.roles import Role
from sandbox.faults import Fault
from tests.given.subscriptions import TEMPLATE

SEND = "/cgi-bin/message/subscribe/send"
SENTENCE = "您家有 30 分到 2027年3月31日为止，过期会收回，请早点去商店用掉"


@pytest.fixture
def family(given):
    return given.household(phone="19900000001")


def credits(app) -> list[int]:
    with app.app_context():
        return list(db.session.scalars(select(MessageCredit.credits)))


def waiting(app, notice) -> Notice:
    with app.app_context():
        return db.session.get_one(Notice, (notice.county_id, notice.id))


def test_who_agreed_to_a_message_gets_it_on_their_phone(app, mail, family, phone, stand_in, texts):
    phone(family)

    assert mail.deliver(mail.to_household(family)) is NoticeState.BY_WECHAT

    assert stand_in.messages == [
        {
            "touser": "o-1",
            "template_id": TEMPLATE,
            "page": "pages/notices/notices",
            "thing1": "积分快到期了",
            "thing2": "30 分 3月31日前用掉",
            "date3": "2026年6月1日",
        }
    ]
    assert texts.sent == []
    assert credits(app) == [0]


def test_an_agreement_carries_one_message_and_the_next_goes_by_text(mail, family, phone, texts):
    phone(family)
    mail.deliver(mail.to_household(family, "first"))

    assert mail.deliver(mail.to_household(family, "second")) is NoticeState.BY_SMS

    assert texts.sent == [("19900000001", SENTENCE)]


def test_wechat_has_the_last_word_on_what_was_agreed(app, mail, family, phone, stand_in, texts):
    phone(family, times=3)
    stand_in.agree("o-1", TEMPLATE, -3)  # taken back in WeChat's settings; we were not told

    assert mail.deliver(mail.to_household(family)) is NoticeState.BY_SMS
    assert credits(app) == [0]


def test_every_member_who_agreed_is_told(mail, family, phone, stand_in):
    phone(family, "o-1")
    phone(family, "o-2")

    mail.deliver(mail.to_household(family))

    assert {message["touser"] for message in stand_in.messages} == {"o-1", "o-2"}


def test_a_household_that_no_message_reaches_is_put_on_the_board(mail, family, stand_in):
    assert mail.deliver(mail.to_household(family)) is NoticeState.ON_BOARD


def test_a_household_without_a_phone_number_is_put_on_the_board(mail, given, texts):
    assert mail.deliver(mail.to_household(given.household())) is NoticeState.ON_BOARD
    assert texts.sent == []


def test_what_puts_the_very_number_in_question_is_not_told_by_text(mail, family, texts):
    claimed = mail.write(notices.ToHousehold(family.id, "1", {"what": "…"}), "account_claimed")

    assert mail.deliver(claimed) is NoticeState.ON_BOARD
    assert texts.sent == []


def test_a_refused_text_message_leads_to_the_board(mail, family, refusing):
    assert mail.deliver(mail.to_household(family)) is NoticeState.ON_BOARD


def test_a_wechat_that_does_not_answer_is_asked_three_times_then_the_text_goes(
    mail, family, phone, stand_in, texts, noon
):
    phone(family)
    stand_in.faults.add(Fault(where=SEND, kind="500", times=3))
    notice = mail.to_household(family)

    assert mail.deliver(notice) is NoticeState.WAITING
    assert mail.deliver(notice) is NoticeState.WAITING  # not due yet: nothing is sent
    assert stand_in.calls[SEND] == 1
    noon.move(minutes=10)
    assert mail.deliver(notice) is NoticeState.WAITING
    noon.move(minutes=10)
    assert mail.deliver(notice) is NoticeState.BY_SMS
    assert stand_in.calls[SEND] == 3


def test_a_provider_that_is_away_is_tried_three_times_then_a_person_goes(mail, family, texts, noon):
    texts.failure = SmsUnavailable()
    notice = mail.to_household(family)

    states = []
    for _ in range(3):
        states.append(mail.deliver(notice))
        noon.move(minutes=10)

    assert states == [NoticeState.WAITING, NoticeState.WAITING, NoticeState.ON_BOARD]


def test_a_template_that_wechat_does_not_know_does_not_hold_up_the_news(
    app, mail, family, phone, stand_in, texts
):
    phone(family)
    stand_in.faults.add(Fault(where=SEND, kind="errcode", errcode=40037))

    assert mail.deliver(mail.to_household(family)) is NoticeState.BY_SMS
    assert credits(app) == [1]  # the agreement is still there


def test_nobodys_phone_rings_at_night(app, mail, family, texts, noon):
    noon.at = datetime(2026, 6, 1, 16, 30, tzinfo=UTC)  # half past midnight in China
    notice = mail.to_household(family)

    assert mail.deliver(notice) is NoticeState.WAITING
    kept = waiting(app, notice)
    assert (kept.tries, kept.due_at) == (0, datetime(2026, 6, 2, 0, 0, tzinfo=UTC))
    noon.at = kept.due_at
    assert mail.deliver(notice) is NoticeState.BY_SMS


def test_a_run_that_died_is_made_up_ten_minutes_later(app, mail, family, texts, monkeypatch, noon):
    notice = mail.to_household(family)
    monkeypatch.setattr(jobs, "_down_the_ladder", _die)
    with pytest.raises(KeyboardInterrupt):
        mail.deliver(notice)
    monkeypatch.undo()
    monkeypatch.setattr(app.extensions["clients"], "_sms", texts)

    with app.app_context():
        assert jobs.queries.due(noon(), 10) == []
        assert jobs.queries.due(noon() + timedelta(minutes=10), 10) == [
            (notice.county_id, notice.id)
        ]


def _die(_parcel):
    raise KeyboardInterrupt


def test_the_sweep_hands_each_due_notice_to_the_workers_once(app, mail, family):
    first, second = mail.to_household(family, "1"), mail.to_household(family, "2")
    with app.app_context():
        jobs.deliver_due()
        queued = queue()
        assert sorted(tuple(job.args) for job in queued.jobs) == sorted(
            (str(notice.county_id), str(notice.id)) for notice in (first, second)
        )


def test_officials_hear_by_wechat_or_find_it_in_their_list(given, mail, stand_in, texts, family):
    admin = given.staff(Role.VILLAGE_ADMIN, family.village.id)
    low = {"level_fen": 10_000, "left_fen": 1_950, "used_percent": 80}
    addressee = notices.ToOfficials(Role.VILLAGE_ADMIN, family.village.id, "1", low)

    assert mail.deliver(mail.write(addressee, "budget_low")) is NoticeState.LISTED

    (shown,) = admin.get("/api/v1/notices").json["items"]
    assert shown["title"] == "村积分预算快用完"
    assert shown["sentence"] == "村里的积分预算已用 80%，还剩 19.50 元，请尽快申请拨付"
    assert texts.sent == []


def test_an_official_of_the_county_hears_of_a_village(given, mail, stand_in, family):
    user_id = given.user()
    mail.knows(user_id, "o-official")
    given.grant(user_id, Role.FINANCE, family.village.county_region_id)
    mail.set_template("budget_low")
    given.signed_in(user_id).post(
        "/api/v1/notices/agreements",
        json={"template_ids": [TEMPLATE]},
        headers={"Idempotency-Key": "agree-official"},
    )
    stand_in.agree("o-official", TEMPLATE, 1)
    low = {"level_fen": 10_000, "left_fen": 1_950, "used_percent": 80}
    addressee = notices.ToOfficials(Role.FINANCE, family.village.id, "1", low)

    assert mail.deliver(mail.write(addressee, "budget_low")) is NoticeState.BY_WECHAT
