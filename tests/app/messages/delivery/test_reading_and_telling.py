"""Who reads which notice, and how somebody tells a household that no message reached."""

import pytest
from sqlalchemy import select

from app.kernel.audit.models import AuditEvent
from app.kernel.db import db
from app.messages.delivery import service
from app.messages.delivery.errors import AlreadyTold
from app.messages.notices import NoticeState
from app.register.identity.roles import Role
from tests.given.http import post, user_of


@pytest.fixture
def family(given):
    return given.household(head="王小明")


@pytest.fixture
def admin(given, family):
    return given.staff(Role.VILLAGE_ADMIN, family.village.id)


@pytest.fixture
def on_board(mail, stand_in, family):
    """A notice that no message could carry."""
    notice = mail.to_household(family)
    assert mail.deliver(notice) is NoticeState.ON_BOARD
    return notice


def test_a_household_reads_its_own_notices_and_no_others(given, mail, family):
    mail.to_household(family)
    neighbour = given.household(village=family.village)

    (shown,) = given.resident(family).get("/api/v1/notices").json["items"]

    assert (shown["title"], shown["state"]) == ("积分快到期了", "waiting")
    assert given.resident(neighbour).get("/api/v1/notices").json["items"] == []
    assert given.visitor().get("/api/v1/notices").json == {"items": [], "next": None}


def test_a_list_of_notices_takes_as_many_queries_as_one(given, mail, family, queries):
    client = given.resident(family)
    mail.to_household(family, "1")
    with queries() as one:
        client.get("/api/v1/notices")
    for n in range(2, 12):
        mail.to_household(family, str(n))

    with queries() as many:
        assert len(client.get("/api/v1/notices").json["items"]) == 11

    assert len(many) == len(one)


def test_the_board_names_the_household_and_what_to_tell(admin, on_board, family):
    (row,) = admin.get("/api/v1/notices/board").json["items"]

    assert row["head"] == "王小明"
    assert row["sentence"].startswith("您家有 30 分到 2027年3月31日为止")


def test_the_board_of_another_village_is_empty(given, on_board):
    other = given.staff(Role.VILLAGE_ADMIN, given.village().id)

    assert other.get("/api/v1/notices/board").json["items"] == []
    answer = post(other, f"notices/{on_board.id}/told")
    assert (answer.status_code, answer.json["code"]) == (404, "notices.not_found")


def test_what_is_pinned_up_says_neither_the_name_nor_the_points(admin, on_board):
    answer = admin.get("/api/v1/notices/board/print")

    assert answer.mimetype == "text/html"
    assert "王**" in answer.text or "王*" in answer.text
    assert "王小明" not in answer.text
    assert "30 分" not in answer.text


def test_a_board_with_nobody_on_it_says_so(admin):
    assert "现在没有要当面告诉的户" in admin.get("/api/v1/notices/board/print").text


def test_who_told_a_household_takes_it_off_the_board(mail, admin, on_board):
    assert post(admin, f"notices/{on_board.id}/told").status_code == 204

    assert admin.get("/api/v1/notices/board").json["items"] == []
    assert mail.only().state is NoticeState.TOLD
    again = post(admin, f"notices/{on_board.id}/told")
    assert (again.status_code, again.json["code"]) == (409, "notices.already_told")


def test_a_notice_that_still_waits_is_not_for_the_board(admin, mail, family):
    waiting = mail.to_household(family)

    answer = post(admin, f"notices/{waiting.id}/told")

    assert (answer.status_code, answer.json["code"]) == (404, "notices.not_found")
    assert mail.only().state is NoticeState.WAITING


@pytest.mark.race("app.messages.delivery.service.tell_in_person")
def test_of_two_who_told_a_household_one_is_noted(app, given, mail, noon, together, stand_in):
    family = given.household()
    notice = mail.to_household(family)
    mail.deliver(notice)
    tellers = [given.caller(Role.VILLAGE_ADMIN, family.village.id) for _ in range(8)]

    outcomes = together(
        lambda by=by: service.tell_in_person(notice_id=notice.id, by=by, at=noon())
        for by in tellers
    )

    assert outcomes == {"done": 1, AlreadyTold.__name__: 7}


def test_the_templates_are_set_and_shown(app, given, mail):
    run = app.test_cli_runner()
    given.village("前进村")
    mail.set_template()

    refused = run.invoke(args=["messages", "template", "points_expire", "t-2", "thin1=title"])
    assert (refused.exit_code, "消息模板的字段有误" in refused.output) == (1, True)
    assert given.visitor().get("/api/v1/notices/templates").json == {
        "items": [{"kind": "points_expire", "template_id": "t-points"}]
    }
    done = run.invoke(args=["messages", "template", "points_expire", "t-2", "thing1=hint"])
    assert (done.exit_code, done.output) == (0, "points_expire: t-2\n")
    listed = run.invoke(args=["messages", "templates"]).output
    assert "points_expire: t-2 thing1=hint" in listed
    assert "budget_low: (not set)" in listed


def test_a_template_is_set_in_somebodys_name_once_there_is_somebody(app, given, mail):
    root = given.village("前进村").county_region_id
    user = given.phone(user_of(app, given.staff(Role.COUNTY_ADMIN, root)), "19900000001")
    run = app.test_cli_runner()
    command = ["messages", "template", "points_expire", "t-2", "thing1=hint"]

    refused = run.invoke(args=command)
    assert (refused.exit_code, "请用 --by 写明由谁来办" in refused.output) == (1, True)
    assert "points_expire: (not set)" in run.invoke(args=["messages", "templates"]).output

    done = run.invoke(args=[*command, "--by", "19900000001"])
    assert (done.exit_code, done.output) == (0, "points_expire: t-2\n")
    with app.app_context():
        event = db.session.scalars(
            select(AuditEvent).where(AuditEvent.action == "messages.set_template")
        ).one()
    assert (event.actor_id, event.subject_id) == (user, "points_expire")
