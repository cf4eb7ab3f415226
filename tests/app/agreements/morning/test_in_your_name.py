"""Every evening each person reads what was done in their name."""

from sqlalchemy import text

from app.agreements.morning import jobs
from app.agreements.morning.deeds import DEEDS
from app.agreements.morning.words import COUNTED_MAX, counted
from app.kernel.db import db
from app.messages.delivery.words import words
from app.messages.notices import Notice


def evening(app):
    """Run the evening's job; what has been told so far, by user."""
    with app.app_context():
        jobs.tell_in_name()
        rows = db.session.query(Notice).filter(Notice.kind == "in_your_name").order_by(Notice.id)
        return [(row.user_id, row.topic, words(row).sentence) for row in rows]


def test_everybody_in_whose_name_something_was_done_reads_how_often_and_how_much(
    app, given, admin, done, noon
):
    clerk = given.user()
    done("redemption.redeem", clerk, points=1_250)
    done("redemption.redeem", clerk, points=300)
    done("redemption.void", clerk, points=300)
    done("settlement.allotment_approved", admin.user_id, amount_fen=123_456)

    noon.move(hours=7)
    told = {user: sentence for user, _, sentence in evening(app)}

    last = "。有不是您办的，请马上告诉上一级管理员，把账号停下来"
    assert told == {
        clerk: f"今天以您的名义：积分付款或收款 2 次，共 1550 分；撤销收款 1 次，共 300 分{last}",
        admin.user_id: f"今天以您的名义：同意拨付村预算 1 次，共 1234.56 元{last}",
    }


def test_nothing_is_told_before_the_evening_nor_twice_of_a_day(app, admin, done, noon):
    done("regions.add", admin.user_id)

    noon.move(hours=6)
    assert evening(app) == []
    noon.move(hours=1)
    assert len(evening(app)) == 1
    noon.move(hours=1)
    assert len(evening(app)) == 1


def test_what_is_done_after_the_evening_is_told_the_next_one(app, admin, done, noon):
    noon.move(hours=8)
    done("regions.add", admin.user_id)

    assert evening(app) == []
    noon.move(days=1)
    assert [topic for _, topic, _ in evening(app)] == ["2026-06-02"]


def test_who_did_nothing_hears_nothing_nor_who_only_looked(app, given, done, noon):
    done("merchants.read_contact_phone", given.user())
    done("proposals.done", None)

    noon.move(hours=7)

    assert evening(app) == []


def test_an_evening_that_was_missed_is_told_when_the_system_runs_again(app, admin, done, noon):
    done("regions.add", admin.user_id)

    noon.move(days=2, hours=7)

    assert [topic for _, topic, _ in evening(app)] == ["2026-06-01"]


def test_many_kinds_of_deeds_are_summed_up():
    many = dict.fromkeys(list(DEEDS)[: COUNTED_MAX + 2], (1, 0))

    assert counted(many).endswith("；其他 2 次")
    assert counted(many).count("；") == COUNTED_MAX


def test_the_evening_writes_nothing_else(app, admin, done, noon):
    done("regions.add", admin.user_id)
    noon.move(hours=7)

    evening(app)

    with app.app_context():
        kinds = db.session.scalars(text("SELECT DISTINCT kind FROM notices"))
        assert kinds.all() == ["in_your_name"]
