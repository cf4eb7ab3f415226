"""The auditor's morning: what was done with value and power, in words, to be ticked one by one."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from app.agreements.morning import jobs
from app.agreements.morning.metrics import readings
from app.kernel.db import db
from app.register.identity.roles import Role
from tests.given.factories import COUNTY
from tests.given.http import assert_refused, post, user_of
from tests.given.times import NOON

NOTE = {"note": "问过本人，属实"}


def listed(client, **query):
    answer = client.get("/api/v1/trust/acts", query_string=query)
    assert answer.status_code == 200, answer.json
    return answer.json["items"]


def ticks(app):
    with app.app_context():
        return db.session.scalar(text("SELECT count(*) FROM seen_deeds"))


def test_deeds_are_told_in_words_with_who_in_which_office_newest_first(auditor, admin, done, noon):
    done("vouchers.change_kind", admin.user_id)
    noon.move(minutes=1)
    done("settlement.release", admin.user_id, amount_fen=77_700)

    newer, older = listed(auditor)

    assert (newer["what"], newer["who"], newer["roles"]) == (
        "放行商户提现：777.00 元",
        "王**",
        ["县管理员"],
    )
    assert (older["what"], older["waits"], older["seen_at"]) == ("改一种代金券", True, None)


def test_a_role_that_was_granted_says_which_and_where(auditor, admin, done, village):
    done(
        "identity.grant_role",
        admin.user_id,
        role="village_admin",
        place_id=str(village.id),
    )

    assert listed(auditor)[0]["what"] == "任命生效：村管理员（石桥村）"


def test_who_tried_alone_what_two_must_do_stands_in_the_list(auditor, admin, done):
    done("trust.refused", admin.user_id, ("act", "allotments.approve"), code="trust.same_person")

    (deed,) = listed(auditor)

    assert deed["what"] == (
        "想一个人办要两个人办的事，被拦下：自己经办的不能自己复核，请换一位同事"
    )


def test_what_is_only_somebodys_own_is_not_in_the_list(auditor, admin, done):
    done("orders.place", admin.user_id, points=300)

    assert listed(auditor) == []


def test_the_list_can_begin_at_an_instant_and_goes_on_page_by_page(auditor, admin, done, noon):
    done("regions.add", admin.user_id)
    noon.move(hours=1)
    ids = [done("regions.add", admin.user_id)]
    noon.move(hours=1)
    ids.append(done("regions.add", admin.user_id))

    since = (NOON + timedelta(minutes=30)).isoformat()
    assert [one["id"] for one in listed(auditor, since=since)] == ids[::-1]
    assert [one["id"] for one in listed(auditor, since=since, limit=1, before=ids[1])] == [ids[0]]


def test_the_deeds_of_another_county_are_not_shown_nor_ticked(app, given, auditor, admin, done):
    given.village("外县村", 990_102)
    foreign = done("regions.add", None, county_id=990_102)

    assert listed(auditor) == []
    assert_refused(post(auditor, f"trust/acts/{foreign}/seen", NOTE), 404, "deeds.not_found")
    assert ticks(app) == 0


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.AUDITOR}))
def test_nobody_but_an_auditor_reads_the_list(given, village, role):
    client = given.staff(role, village.county_region_id)

    assert_refused(client.get("/api/v1/trust/acts"), 403, "forbidden")


def test_a_deed_is_ticked_once_with_a_sentence(app, given, village, auditor, admin, done):
    deed = done("regions.add", admin.user_id)

    answer = post(auditor, f"trust/acts/{deed}/seen", NOTE)
    assert answer.status_code == 200, answer.json
    seen = answer.json

    assert (seen["waits"], seen["seen_by"], seen["note"]) == (False, "李**", "问过本人，属实")
    assert listed(auditor, only_waiting=True) == []
    another = given.staff(Role.AUDITOR, village.county_region_id)
    assert_refused(post(another, f"trust/acts/{deed}/seen", NOTE), 409, "deeds.seen")
    assert ticks(app) == 1


def test_nobody_ticks_without_a_sentence(app, auditor, admin, done):
    deed = done("regions.add", admin.user_id)

    answer = post(auditor, f"trust/acts/{deed}/seen", {"note": " 好 "})

    assert_refused(answer, 422, "invalid_request")
    assert ticks(app) == 0


def test_an_auditor_does_not_tick_what_they_tried_themselves(app, auditor, done):
    own = user_of(app, auditor)
    deed = done("trust.refused", own, ("act", "x"), code="trust.same_person")

    assert_refused(post(auditor, f"trust/acts/{deed}/seen", NOTE), 403, "trust.same_person")
    assert ticks(app) == 0


def test_the_fourth_void_of_a_keeper_within_a_week_waits_for_a_tick(auditor, admin, done, noon):
    for _ in range(4):
        done("sales.void", admin.user_id, points=500)
        noon.move(hours=30)
    noon.move(days=4)
    done("sales.void", admin.user_id, points=500)

    assert [one["waits"] for one in listed(auditor)] == [False, True, False, False, False]


def test_a_clerk_whom_a_shop_names_is_in_the_list_and_waits_for_nobody(
    auditor, admin, done, village
):
    done("identity.grant_role", admin.user_id, role="clerk", place_id=str(village.id))

    assert [one["waits"] for one in listed(auditor)] == [False]


def test_what_nobody_ticks_for_three_days_rings_and_is_told_to_the_auditor_once_a_day(
    app, auditor, admin, done, noon
):
    deed = done("regions.add", admin.user_id)

    noon.move(days=3, seconds=-1)
    assert rung(app) == (0, [])
    noon.move(seconds=1)
    assert rung(app) == (1, [{"count": 1}])
    assert rung(app) == (1, [{"count": 1}])

    post(auditor, f"trust/acts/{deed}/seen", NOTE)
    noon.move(days=1)
    assert rung(app) == (0, [{"count": 1}])


def rung(app):
    with app.app_context():
        jobs.remind_auditors()
        told = db.session.execute(
            text(
                "SELECT details FROM notices WHERE kind = 'deeds_unseen' "
                "AND role = 'auditor' AND county_id = :county"
            ),
            {"county": COUNTY},
        )
        (figure,) = readings()
        return figure.value, list(told.scalars())


def test_the_application_takes_no_tick_back(app):
    with app.app_context():
        for right in ("UPDATE", "DELETE"):
            held = "SELECT has_table_privilege('fen_app', 'seen_deeds', :right)"
            assert db.session.scalar(text(held), {"right": right}) is False
