"""Paying at a counter with a card and its PIN."""

import json
import logging
from hashlib import sha256

import pytest
from redis.exceptions import ConnectionError as RedisAway
from sqlalchemy import select

from app.kernel.audit.models import AuditEvent
from app.kernel.db import db
from app.kernel.secrets import vault
from app.messages.delivery import jobs
from app.messages.notices import Notice
from app.points import ledger
from app.register.cards import tokens
from app.register.cards.models import CardState
from app.register.identity.roles import Role
from app.web.models import IdempotentAnswer
from mall.cards.settings import SETTINGS
from mall.redemption.models import PaymentMethod, Redemption
from mall.redemption.settings import SETTINGS as COUNTER_SETTINGS
from tests.given.campaigns import Office as CampaignOffice
from tests.given.cards import PIN, named
from tests.given.http import assert_refused, post, user_of

WRONG = "730513"
USED = select(Notice).where(Notice.kind == "card_used")


def assert_nothing_paid(given, family, counter, points=10_000):
    assert given.spendable(family) == points
    assert given.balance(ledger.shop(counter.shop_id)) == 0


def test_card_and_pin_pay_at_the_counter(app, given, office, family, paper, pay, counter):
    paid = pay(paper, 300)

    assert paid.status_code == 201, paid.json
    assert (paid.json["points"], paid.json["state"]) == (300, "paid")
    assert given.spendable(family) == 9_700
    assert given.balance(ledger.shop(counter.shop_id)) == 300
    (use,) = office.uses()
    with app.app_context():
        redemption = db.session.scalars(select(Redemption)).one()
    assert (redemption.payment_method, redemption.user_id) == (PaymentMethod.CARD, None)
    assert redemption.clerk_id == user_of(app, counter.clerk)
    assert (redemption.card_use_id, use.redemption_id) == (use.id, redemption.id)
    assert (use.household_id, use.proxy_id, use.step) == (family.id, None, 2)


def test_the_typed_number_pays_as_well(given, family, paper, pay):
    assert pay(paper, card=paper.number).status_code == 201
    assert given.spendable(family) == 9_900


def test_a_repeat_answers_as_the_first_time(given, family, paper, pay):
    first = pay(paper, 300, key="scan-0001")
    again = pay(paper, 300, key="scan-0001")

    assert (again.status_code, again.json["id"]) == (201, first.json["id"])
    assert given.spendable(family) == 9_700


def test_a_wrong_pin_pays_nothing_and_is_counted(given, office, family, paper, pay, counter):
    answer = pay(paper, pin=WRONG)

    assert_refused(answer, 409, "cards.wrong_pin", "密码不对，积分没有扣。还可以再输 4 次")
    assert answer.json["request_id"]
    assert_nothing_paid(given, family, counter)
    assert office.uses() == []
    assert office.card(paper).wrong_pins == 1


def test_a_repeat_of_a_wrong_pin_is_not_counted_again(office, paper, pay):
    for _ in range(3):
        answer = pay(paper, pin=WRONG, key="scan-0001")
        assert_refused(answer, 409, "cards.wrong_pin")

    assert office.card(paper).wrong_pins == 1


def test_a_right_pin_begins_to_count_anew(office, paper, pay):
    for _ in range(4):
        pay(paper, pin=WRONG)

    assert pay(paper).status_code == 201
    assert office.card(paper).wrong_pins == 0


def test_five_wrong_pins_block_the_card_until_a_worker_sets_a_new_one(
    given, office, family, paper, pay, counter
):
    codes = [pay(paper, pin=WRONG).json["code"] for _ in range(5)]

    assert codes == ["cards.wrong_pin"] * 4 + ["cards.blocked"]
    assert_refused(pay(paper), 409, "cards.blocked")
    assert_nothing_paid(given, family, counter)
    assert office.steps(paper)[-1] == ("blocked", "wrong_pins")
    assert office.hand_over(family, paper, "802741").status_code == 200
    assert pay(paper, pin="802741").status_code == 201


def test_a_lost_valkey_gives_no_more_tries_and_stops_nobody(
    app, given, office, family, paper, pay, monkeypatch
):
    class Away:
        def __getattr__(self, _):
            raise RedisAway

    monkeypatch.setitem(app.extensions, "redis", Away())

    assert pay(paper).status_code == 201
    codes = [pay(paper, pin=WRONG).json["code"] for _ in range(5)]

    assert codes == ["cards.wrong_pin"] * 4 + ["cards.blocked"]
    assert office.state(paper) is CardState.BLOCKED
    assert given.spendable(family) == 9_900


def test_a_clerk_who_tries_pins_from_card_to_card_is_stopped(given, office, pay, noon):
    papers = [office.active(given.household(points=100)) for _ in range(4)]
    for paper in papers[:3]:
        for _ in range(4 if paper is not papers[2] else 2):
            assert_refused(pay(paper, pin=WRONG), 409, "cards.wrong_pin")

    assert_refused(pay(papers[3]), 429, "cards.too_many_wrong_pins")
    assert office.card(papers[3]).wrong_pins == 0


def test_typed_numbers_of_no_card_are_limited(given, office, family, paper, pay, counter):
    wrong = {"card": "000000018" if paper.number != "000000018" else "000000026"}
    assert tokens.is_number(wrong["card"])
    for _ in range(10):
        assert_refused(pay(paper, **wrong), 404, "cards.not_found")

    assert_refused(pay(paper, **wrong), 429, "too_many_tries")
    assert pay(paper).status_code == 201, "a scanned card is not stopped"


def test_a_lost_card_pays_no_more_at_once(given, office, family, paper, pay, counter):
    phone = given.resident(family)
    card_id = phone.get("/api/v1/cards/current").json["id"]

    blocked = phone.post(f"/api/v1/cards/{card_id}/block")

    assert (blocked.status_code, blocked.json["state"]) == (200, "blocked")
    assert blocked.json["block_reason"] == "lost"
    assert_refused(pay(paper), 409, "cards.blocked")
    assert_nothing_paid(given, family, counter)
    assert phone.post(f"/api/v1/cards/{card_id}/block").status_code == 200
    assert office.steps(paper)[-1] == ("blocked", "lost")
    assert len(office.steps(paper)) == 3


@pytest.mark.parametrize("role", [Role.VILLAGE_ADMIN, Role.GROUP_LEADER, Role.OPERATOR])
def test_whoever_answers_the_telephone_finds_and_blocks_it(given, office, family, paper, role):
    place = family.village.id if role is not Role.GROUP_LEADER else family.village.group_id
    staff = given.staff(role, place)

    found = staff.get("/api/v1/cards", query_string={"number": paper.number}).json["items"]
    answer = staff.post(f"/api/v1/cards/{found[0]['id']}/block")

    assert [row["head"] for row in found] == ["王**"]
    assert answer.status_code == 200
    assert office.state(paper) is CardState.BLOCKED


def test_nobody_blocks_the_card_of_another_village_or_household(given, office, family, paper):
    card_id = office.card(paper).id
    strangers = [
        given.staff(Role.VILLAGE_ADMIN, given.village().id),
        given.resident(given.household(village=family.village)),
    ]

    for stranger in strangers:
        assert_refused(stranger.post(f"/api/v1/cards/{card_id}/block"), 404, "cards.not_found")
    assert office.state(paper) is CardState.ACTIVE


def test_one_payment_and_a_day_have_limits(given, office, family, paper, pay, noon):
    assert_refused(pay(paper, 2_001), 422, "cards.over_payment_limit", "用卡一次最多付 2000 分")
    assert [pay(paper, n).status_code for n in (2_000, 2_000)] == [201, 201]
    assert_refused(
        pay(paper, 1_001),
        409,
        "cards.over_day_limit",
        "用卡一天最多付 5000 分，今天还可以付 1000 分",
    )
    assert pay(paper, 1_000).status_code == 201
    assert given.spendable(family) == 5_000
    assert len(office.uses()) == 3

    noon.move(days=1)
    assert pay(paper, 2_000).status_code == 201


def test_a_new_card_does_not_open_a_new_day(office, family, paper, pay):
    for _ in range(2):
        pay(paper, 2_000)
    new = office.active(family)

    assert_refused(pay(new, 1_001), 409, "cards.over_day_limit")


def test_a_county_sets_its_own_limits(given, county_admin, paper, pay, counter):
    chosen = {"payment_points_max": 300, "day_points_max": 400}

    assert counter.clerk.get("/api/v1/cards/settings").json == {
        "payment_points_max": 2_000,
        "day_points_max": 5_000,
    }
    given.setting(SETTINGS, **chosen)
    assert counter.clerk.get("/api/v1/cards/settings").json == chosen
    assert_refused(pay(paper, 301), 422, "cards.over_payment_limit")
    assert pay(paper, 300).status_code == 201
    assert_refused(pay(paper, 101), 409, "cards.over_day_limit")
    wrong = {"payment_points_max": 500, "day_points_max": 400}
    refused = county_admin.put("/api/v1/cards/settings", json=wrong)
    assert refused.json["message"] == "“刷卡一次最多”要在 1 分到一天的 400 分之间，请改一改"
    assert counter.clerk.get("/api/v1/cards/settings").json == chosen


def test_no_county_lets_a_card_pay_above_200_yuan(county_admin, counter):
    wrong = {"payment_points_max": 20_001, "day_points_max": 20_001}

    refused = county_admin.put("/api/v1/cards/settings", json=wrong)

    assert (refused.status_code, refused.json["code"]) == (422, "regions.setting_out_of_bounds")
    assert refused.json["message"] == "“刷卡一次最多”要在 1 分到 20000 分之间，请改一改"
    assert counter.clerk.get("/api/v1/cards/settings").json["day_points_max"] == 5_000


def test_too_few_points_are_refused_whole(given, office, pay, counter):
    poor = given.household(points=50)
    paper = office.active(poor)

    assert_refused(pay(paper, 60), 409, "redemption.not_enough_points")
    assert_nothing_paid(given, poor, counter, 50)
    assert office.uses() == []
    assert office.card(paper).wrong_pins == 0


def test_a_card_pays_only_at_the_clerks_own_shop(given, family, paper, pay, mall, counter):
    other = mall.counter()

    answer = pay(paper, shop_id=str(other.shop_id))

    assert answer.status_code == 404
    assert_nothing_paid(given, family, counter)


def test_a_card_of_another_county_is_unknown(given, mall, paper, pay):
    abroad = mall.counter(county_id=990102)

    assert_refused(pay(paper, at=abroad), 404, "cards.not_found")


def test_campaign_prices_hold_for_cards(app, given, noon, family, paper, pay, counter, shelves):
    county = given.county()
    campaigns = CampaignOffice(
        given, app, noon, given.staff(Role.FINANCE, county), given.staff(Role.COUNTY_ADMIN, county)
    )
    funder = campaigns.funder(5_000)
    campaigns.campaign(funder)

    lines = shelves.lines(counter, 2_000)
    paid = pay(paper, 1_000, price_fen=2_000, lines=lines)

    assert paid.status_code == 201, paid.json
    assert (paid.json["points"], paid.json["subsidy_fen"]) == (1_000, 1_000)
    assert given.spendable(family) == 9_000
    assert given.balance(ledger.shop(counter.shop_id)) == 2_000


def test_goods_bought_with_a_card_are_kept_and_the_shop_voids_it_the_same_day(
    given, office, family, paper, pay, counter
):
    goods = [{"name": "盐", "quantity": 2, "price_fen": 150}]
    wrong = pay(paper, 200, lines=goods)
    paid = pay(paper, 300, lines=goods)

    assert wrong.status_code == 409
    assert paid.status_code == 201, paid.json
    slip = counter.clerk.get(f"/api/v1/redemptions/{paid.json['id']}/slip")
    assert slip.status_code == 200, slip.json
    path = f"redemptions/{paid.json['id']}/void"
    gone = post(counter.clerk, path, {"reason": "wrong_goods"})
    assert gone.status_code == 200, gone.json
    assert given.spendable(family) == 10_000
    assert given.resident(family).get("/api/v1/cards/uses").json["items"][0]["state"] == "void"
    for points in (2_000, 2_000, 1_000):
        assert pay(paper, points).status_code == 201, "a void use does not count"


def test_a_card_keeps_to_the_countys_limits_at_counters(given, family, paper, pay):
    given.setting(COUNTER_SETTINGS, household_day_points=250)

    assert pay(paper, 200).status_code == 201
    assert_refused(pay(paper, 51), 409, "redemption.household_day_limit")
    assert given.spendable(family) == 9_800


def test_the_clerk_sees_who_may_buy_before_the_pin_is_typed(given, office, family, paper, counter):
    phone = given.resident(family)
    proxy = named(phone).json
    named(phone, name="张三", first_on="2026-07-01", last_on="2026-07-02")

    shown = counter.clerk.post("/api/v1/cards/presented", json={"card": paper.qr})

    assert shown.status_code == 200, shown.json
    assert shown.json == {
        "state": "active",
        "head": "王**",
        "proxies": [{"proxy_id": proxy["id"], "name": "王**"}],
    }


def test_the_household_and_its_village_read_who_used_the_card(
    given, office, family, paper, pay, counter, noon
):
    phone = given.resident(family)
    proxy = named(phone).json
    pay(paper, 100)
    noon.move(seconds=1)
    pay(paper, 200, proxy_id=proxy["id"])

    own = phone.get("/api/v1/cards/uses").json["items"]
    village = office.admin(family).get(
        "/api/v1/cards/uses", query_string={"household_id": str(family.id)}
    )
    of_proxy = phone.get("/api/v1/cards/uses", query_string={"proxy_id": proxy["id"]})

    assert [(use["points"], use["proxy_name"]) for use in own] == [(200, "王小红"), (100, None)]
    assert own[0]["card_number"] == paper.number
    assert village.json["items"] == own
    assert [use["points"] for use in of_proxy.json["items"]] == [200]
    stranger = given.staff(Role.VILLAGE_ADMIN, given.village().id)
    query = {"household_id": str(family.id)}
    assert_refused(
        stranger.get("/api/v1/cards/uses", query_string=query), 404, "cards.place_not_found"
    )


def test_lists_ask_as_often_for_many_as_for_one(given, office, family, paper, pay, queries, noon):
    phone, admin = given.resident(family), office.admin(family)
    asked = []
    for n in range(2):
        noon.move(seconds=1)
        proxy = named(phone, name=f"代办{n}").json["id"]
        assert pay(paper, proxy_id=proxy).status_code == 201
        office.printed(given.household(village=family.village))
        with queries() as seen:
            for path in ("cards/uses", "proxies", "cards/current"):
                assert phone.get(f"/api/v1/{path}").status_code == 200
            assert admin.get("/api/v1/cards").status_code == 200
        asked.append(len(seen))

    assert asked[0] == asked[1]


def test_the_household_is_told_when_its_card_pays(app, given, family, paper, pay):
    phone = given.resident(family)

    pay(paper, 300)

    with app.app_context():
        notice = db.session.scalars(USED).one()
    assert notice.household_id == family.id
    told = phone.get("/api/v1/notices").json["items"][0]
    assert told["sentence"] == "您家的卡付了 300 分。如果不是您家用的，请马上告诉村里停卡"


@pytest.mark.parametrize(("points", "state"), [(999, "listed"), (1_000, "on_board")])
def test_a_use_is_worth_a_walk_from_ten_yuan(app, paper, pay, points, state):
    pay(paper, points)
    with app.app_context():
        notice = db.session.scalars(USED).one()
        jobs.deliver(str(notice.county_id), str(notice.id))

    with app.app_context():
        assert db.session.scalars(USED).one().state.value == state


def test_a_pin_is_in_no_log_and_no_trace(app, paper, pay, caplog):
    caplog.set_level(logging.DEBUG)

    pay(paper, pin=WRONG)
    pay(paper)
    pay(paper, pin="12")

    # Ids are random and hold any digits: words are looked for where there are none.
    said = [record.msg for record in caplog.records if isinstance(record.msg, dict)]
    assert {key for words in said for key in words if "pin" in key or "body" in key} == set()
    with app.app_context():
        traced = db.session.scalars(
            select(AuditEvent.details).where(AuditEvent.subject_kind == "card")
        ).all()
        kept = db.session.scalars(select(IdempotentAnswer.body)).all()
    words = {key for details in traced for key in details}
    assert words == {"shop_id"}
    assert all("pin" not in json.loads(body) for body in kept if body)


def test_what_is_kept_of_a_request_does_not_betray_the_pin(app, paper, counter):
    body = {"card": paper.number, "pin": PIN, "points": 100, "proxy_id": None}
    sent = json.dumps(body).encode()
    headers = {"Idempotency-Key": "scan-0001", "Content-Type": "application/json"}

    answer = counter.clerk.post("/api/v1/cards/redemptions", data=sent, headers=headers)

    assert answer.status_code == 201
    plain = sha256(b"POST /api/v1/cards/redemptions?\n" + sent)
    with app.app_context():
        kept = db.session.scalars(select(IdempotentAnswer.request_digest)).all()
        keyed = vault().digest(plain.hexdigest(), "request")
    assert keyed in kept
    assert plain.digest() not in kept
