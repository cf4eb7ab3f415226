"""What a household sees of its day, its points and its month: one day, asked at its end."""

from datetime import timedelta

import pytest

from app.register.identity.roles import Role
from app.sorting.rates import jobs as rates
from tests.given.asked import asked
from tests.given.http import post
from tests.given.seen import seen_at_the_bin
from tests.given.self_checks import judge, leased, review_id, screen, send, verdict


@pytest.fixture
def day(app, given, town, noon):
    """A photo that is approved, waste at the bin, soap that is ready and rice that was bought."""
    given.budget(town.family.village, 1_000)
    seen_at_the_bin(app, given, town.family, noon() - timedelta(hours=1))
    reviewer = given.staff(Role.REVIEWER, town.family.village.id)
    self_check = send(town.phone).json["id"]
    screen(self_check)
    assert judge(reviewer, self_check).status_code == 200
    noon.move(minutes=1)
    town.handed_over((town.rice, 2), points=2_000)
    town.ready((town.soap, 1), points=300)
    return town


def test_a_household_reads_its_day_its_points_and_its_month(app, given, day, queries, noon):
    with queries() as cost:
        today = day.phone.get("/api/v1/me/today").json

    assert len(cost) == 3, "who calls; the day; the ledger"
    assert (today["on"], today["points"]) == ("2026-06-01", 5_000 + 5 - 2_000 - 300)
    assert today["put_out"]["words"] == "收集时有人看见"
    assert (today["photo"]["words"], today["photo"]["points"]) == ("照片通过了", 5)
    assert (today["check"]["grade"], today["checks_this_month"]) == ("b", 1)
    assert (today["points_today"], today["photo_points"], today["points_in_notice"]) == (5, 5, 0)
    (order,) = today["ready_orders"]
    assert (order["words"], order["closes_at"]) == ("肥皂备好了，可以去取", None)
    assert today["unread"] > 0

    lines = day.phone.get("/api/v1/points/transfers").json["items"]
    said = [
        (line["title"], line["points"], line["about"] and line["about"]["kind"]) for line in lines
    ]
    shop = order["shop_name"]
    assert said == [
        (shop, -2_000, "order"),
        ("自查照片审核通过", 5, "award"),
        ("积分变动", 5_000, None),
    ]
    assert lines[0]["words"] == "大米"
    came = day.phone.get("/api/v1/points/transfers?direction=in").json["items"]
    left = day.phone.get("/api/v1/points/transfers?direction=out").json["items"]
    assert ([one["points"] for one in came], [one["points"] for one in left]) == (
        [5, 5_000],
        [-2_000],
    )

    noon.move(minutes=10)
    rates.count_stale_days()
    month = day.phone.get("/api/v1/rates/own/days?month=2026-06").json
    assert month["days"] == [
        {"on": "2026-06-01", "put_out": True, "self_checked": True, "grade": "b"}
    ]


def test_what_was_read_is_read_on_every_list_and_stays_so(given, day):
    phone = day.phone
    notices = phone.get("/api/v1/notices").json["items"]
    ready = next(one for one in notices if one["kind"] == "order_ready")
    assert ready["about"]["kind"] == "order"
    assert {one["is_read"] for one in notices} == {False}

    older, newest = notices[-1]["id"], notices[0]["id"]
    for until in (newest, older):
        assert phone.post("/api/v1/notices/read", json={"until": until}).status_code == 204

    assert {one["is_read"] for one in phone.get("/api/v1/notices").json["items"]} == {True}
    assert phone.get("/api/v1/me/today").json["unread"] == 0
    stranger = given.resident(given.household())
    refused = stranger.post("/api/v1/notices/read", json={"until": newest})
    assert (refused.status_code, refused.json["code"]) == (404, "notices.not_found")


def test_a_household_reads_its_members_in_clear_and_its_head_ends_another_phone(given, town):
    people = town.phone.get("/api/v1/me/household/members").json

    assert people["is_head"] is True
    (head,) = people["items"]
    assert (head["name"], head["is_head"]) == ("王小明", True)
    assert "*" in head["id_number"]
    assert town.phone.get("/api/v1/me").json["name"] == "王小明"


def test_a_role_says_the_name_of_its_place(given, counter):
    village = given.village("前进村")
    worker = given.staff(Role.VILLAGE_ADMIN, village.id)

    (grant,) = worker.get("/api/v1/me").json["grants"]
    assert grant["place"] == {"id": str(village.id), "kind": "village", "name": "前进村"}
    (at_shop,) = counter.clerk.get("/api/v1/me").json["grants"]
    assert at_shop["place"]["kind"] == "shop"


def test_the_catalogue_says_what_goods_cost_today(given, town, office, queries):
    url = "/api/v1/catalogue/offers"
    assert {one["points_now"] for one in town.phone.get(url).json["items"]} == {300, 1_000}
    funder = office.funder(100_000)
    office.campaign(funder)

    with queries() as cost:
        found = town.phone.get(url).json["items"]

    now = {
        one["name"]: (one["points_now"], one["campaign_name"], one["funder_name"]) for one in found
    }
    assert now["大米"] == (500, "五折日", "县供销社")
    assert now["肥皂"] == (175, "五折日", "县供销社")
    assert len(cost) <= 7, asked(cost)
    (rice,) = [one for one in found if one["name"] == "大米"]
    places = town.phone.get(f"/api/v1/catalogue/goods/{rice['goods_id']}/offers").json["items"]
    assert [one["id"] for one in places] == [rice["id"]]
    basket = {name: what for name, what in town.basket((town.rice, 1)).items() if name != "way"}
    quoted = post(town.phone, "orders/quote", basket).json
    assert quoted["points"] == 500, quoted


def test_a_resident_learns_what_was_wrong_what_things_bring_and_where_they_go(given, town):
    reviewer = given.staff(Role.REVIEWER, town.family.village.id)
    self_check = send(town.phone).json["id"]
    screen(self_check)
    leased(reviewer)
    spot = {"x": 620, "y": 340}
    mistake = {"lies_in": "residual", "belongs_to": "recyclable", "spot": spot}
    body = {"verdict": "reject", "reason": "wrong_kind", "mistake": mistake}
    right = {"verdict": "approve", "mistake": body["mistake"]}
    review = review_id(reviewer, self_check)
    assert verdict(reviewer, review, right).status_code == 422
    assert verdict(reviewer, review, body).status_code == 200

    seen = town.phone.get(f"/api/v1/self-checks/{self_check}").json["mistake"]
    assert seen == body["mistake"] | {
        "words": "圈出来的东西放进了其他垃圾，应放进可回收物（蓝色桶）"
    }
    prices = town.phone.get("/api/v1/sales/prices").json
    said = {one["words"]: (one["price_points"], one["unit_words"]) for one in prices["items"]}
    assert (said["饮料瓶"], said["废纸"]) == ((4, "个"), (70, "公斤"))
    assert prices["bonuses"][0] == "称重的废品每满 0.5 公斤另奖 1 分"
    found = town.phone.get("/api/v1/sorting-guide?words=电池").json["items"]
    assert (found[0]["words"], found[0]["kind"]) == ("电池是有害垃圾", "hazardous")
    order = town.seen(town.ready((town.soap, 1), points=300))
    assert order["shop_address"]
    assert order["holds_until"] == order["due_at"] is not None
    (shop,) = town.phone.get("/api/v1/shops/near").json["items"]
    assert shop["campaigns"] == []
