"""Whoever could spend a household's points before is told when somebody else can, or they no more.

Case 17 of the trust cases, and what each act about a means tells.
"""

import pytest
from sqlalchemy import select

from app.kernel.db import db, transaction
from app.messages.delivery import jobs, queries
from app.messages.notices import Notice
from app.register.households.models import Binding
from app.register.identity.models import User
from tests.given.cards import PIN, named
from tests.given.http import assert_refused, post, user_of
from tests.given.subscriptions import TEMPLATE, Post

BOARD = "/api/v1/notices/board"


def sentences(client) -> list[str]:
    return [item["sentence"] for item in client.get("/api/v1/notices").json["items"]]


def titles(client) -> list[str]:
    return [item["title"] for item in client.get("/api/v1/notices").json["items"]]


def binds(administrator, visitor, family, name="王小明"):
    code = visitor.post("/api/v1/bindings/code").json["code"]
    body = {
        "code": code,
        "household_id": str(family.id),
        "member_name": name,
        "document": "id_card",
    }
    return administrator.post("/api/v1/bindings/in-person", json=body)


@pytest.fixture
def pin_set_by(office, family, counter, noon):
    """The household's card, whose PIN this client has set, has paid 1,000."""

    def run(client):
        paper = office.printed(family)
        assert office.hand_over(family, paper, client=client).status_code == 200
        noon.move(hours=72)
        body = {"card": paper.qr, "pin": PIN, "points": 1_000, "proxy_id": None}
        assert post(counter.clerk, "cards/redemptions", body).status_code == 201

    return run


def test_case_17_who_set_the_pin_does_not_tell_the_household_of_its_use(
    app, given, family, administrator, group_leader, town_admin, pin_set_by, delivered, noon
):
    pin_set_by(administrator)
    (used,) = delivered("card_used")
    assert used.state.value == "on_board"

    assert administrator.get(BOARD).json["items"] == []
    assert_refused(post(administrator, f"notices/{used.id}/told"), 404, "notices.not_found")

    for somebody_else in (group_leader, town_admin):
        assert str(used.id) in {row["id"] for row in somebody_else.get(BOARD).json["items"]}
    assert delivered("card_used")[0].state.value == "on_board"
    assert post(group_leader, f"notices/{used.id}/told").status_code == 204
    assert delivered("card_used")[0].told_by == user_of(app, group_leader)


def test_nor_on_another_phone_of_theirs(
    app, given, family, administrator, group_leader, pin_set_by, delivered
):
    home = given.household(village=family.village)
    given.resident(home, user_id=user_of(app, administrator))
    second = group_leader  # the same person holds this office on another phone
    with app.app_context(), transaction():
        person = db.session.get_one(User, user_of(app, administrator)).person_id
        db.session.get_one(User, user_of(app, second)).person_id = person

    pin_set_by(administrator)
    (used,) = delivered("card_used")

    assert second.get(BOARD).json["items"] == []
    assert_refused(post(second, f"notices/{used.id}/told"), 404, "notices.not_found")
    assert "王" not in second.get(f"{BOARD}/print").text


def test_case_17_what_nobody_tells_in_seven_days_rings_at_the_town_once(
    app, administrator, town_admin, pin_set_by, delivered, noon
):
    pin_set_by(administrator)
    delivered("card_used")
    delivered("card_handed_over")

    rung = []
    for days in (3, 1, 2, 1, 1):  # the PIN was set three days before the use
        noon.move(days=days)
        with app.app_context():
            jobs.ring_for_untold()
        rung.append(titles(town_admin).count("有消息七天没告诉到户"))

    assert rung == [0, 1, 1, 2, 2]
    assert "有消息七天没告诉到户" not in titles(administrator)
    # Whoever works off the list hears of it each morning, from the first day on.
    for official in (administrator, town_admin):
        assert titles(official).count("有人还没收到该知道的事") == 5
    assert "fen_notices_unreached 2.0" in app.test_client().get("/metrics").text


def test_what_was_told_in_time_does_not_ring(
    app, administrator, group_leader, town_admin, pin_set_by, delivered, noon
):
    pin_set_by(administrator)
    for notice in (*delivered("card_used"), *delivered("card_handed_over")):
        assert post(group_leader, f"notices/{notice.id}/told").status_code == 204

    noon.move(days=8)
    with app.app_context():
        jobs.ring_for_untold()

    assert titles(town_admin) == []


def test_a_new_binding_is_told_to_who_was_bound_before_and_not_by_wechat_to_the_new_phone(
    app, given, settings, family, administrator, noon
):
    old, new = given.user(), given.user()
    mail = Post(app, noon)
    for user, openid in ((old, "o-old"), (new, "o-new")):
        mail.knows(user, openid)
    mail.set_template("binding_made")
    phone, thief = given.resident(family, user_id=old), given.signed_in(new)
    for client in (phone, thief):
        assert post(client, "notices/agreements", {"template_ids": [TEMPLATE]}).status_code == 204
    noon.move(minutes=1)

    assert binds(administrator, thief, family).status_code == 201

    assert sentences(phone) == [
        "有一部手机绑定到了您家（在村里当面办的），可以用您家的积分。如果不是您家的意思，请马上告诉村里"
    ]
    with app.app_context():
        notice = db.session.scalars(select(Notice)).one()
        reached = queries.addressees(notice, settings.wechat_appid)
    assert [addressee.user_id for addressee in reached] == [old]


def test_whose_binding_somebody_ends_is_told_and_the_household_too(
    app, given, family, administrator, noon
):
    son, mother = given.user(), given.resident(family)
    given.resident(family, user_id=son)
    with app.app_context():
        binding = db.session.scalars(select(Binding.id).where(Binding.user_id == son)).one()

    assert administrator.delete(f"/api/v1/bindings/{binding}").status_code == 204

    assert titles(given.signed_in(son)) == ["手机和您家解除了绑定"]
    assert titles(mother) == ["手机和您家解除了绑定"]


def test_a_card_that_paid_and_is_replaced_is_told_and_a_first_one_is_not(
    given, office, family, administrator, noon
):
    phone = given.resident(family)
    office.active(family)
    noon.move(minutes=1)
    assert "您家印了新卡" not in titles(phone)

    office.printed(family)

    assert titles(phone)[0] == "您家印了新卡"


def test_a_hand_over_and_each_new_pin_are_told(given, office, family, noon):
    phone = given.resident(family)
    paper = office.active(family)
    noon.move(minutes=1)
    office.hand_over(family, paper, "802741")

    assert [one for one in sentences(phone) if "可以付积分了" in one] == [
        "您家的积分卡重新设了密码，可以付积分了。如果不是您家的意思，请马上告诉村里",
        "您家的积分卡领走并设了密码，可以付积分了。如果不是您家的意思，请马上告诉村里",
    ]


def test_a_proxy_is_told_to_the_household_that_named_them_and_to_one_without_a_phone(
    given, family, administrator, group_leader, delivered, noon
):
    phone = given.resident(family)
    assert named(phone).status_code == 201
    assert titles(phone) == ["您家有了代办人"]
    noon.move(minutes=1)

    silent = given.household(village=family.village)
    body = {"household_id": str(silent.id), "document": "id_card"}
    assert named(administrator, "proxies/in-person", **body).status_code == 201

    notice = delivered("proxy_named")[-1]
    assert (notice.household_id, notice.state.value) == (silent.id, "on_board")
    assert str(notice.id) in {row["id"] for row in group_leader.get(BOARD).json["items"]}
    assert str(notice.id) not in {row["id"] for row in administrator.get(BOARD).json["items"]}
