"""The recycler's agent signs what was weighed on a day, or nobody weighs on."""

import pytest
from sqlalchemy import create_engine, text

from app.recycling.sales import jobs
from app.recycling.sales.models import Sale
from app.recycling.sales.proof import QUESTIONS
from app.register.identity.roles import Role
from tests.given.http import assert_refused, post, user_of
from tests.given.rows import count
from tests.given.sales import recyclers_money
from tests.given.superuser import superuser_url

TEN = ("paper", "10", "kg")


@pytest.fixture(autouse=True)
def small_price(prices):
    prices(price_paper=20, price_bottle=4)


@pytest.fixture
def agent(given, family):
    """Who buys for the recycler in the village."""
    return given.staff(Role.RECYCLER_AGENT, family.village.id)


@pytest.fixture
def sign(app, agent, family, keeper):
    """The agent found so much of the keeper's day."""

    def run(weight, pieces=0, *, day="2026-06-01", client=None, weigher=None):
        body = {
            "village_id": str(family.village.id),
            "weighed_by": str(user_of(app, weigher or keeper)),
            "day": day,
            "weight": weight,
            "unit": "kg",
            "pieces": pieces,
        }
        return post(client or agent, "sale-days/signatures", body)

    return run


def read(client) -> list[str]:
    return [one["sentence"] for one in client.get("/api/v1/notices").json["items"]]


def lies(app) -> list[tuple]:
    engine = create_engine(superuser_url(app.config["SETTINGS"]))
    with engine.connect() as connection:
        found = connection.execute(text(QUESTIONS["who_weighed_on_was_signed_before"])).all()
    engine.dispose()
    return list(found)


def test_without_the_signature_of_the_day_before_nobody_weighs_on(
    app, given, recycler, sell, noon, sign
):
    assert sell(TEN).status_code == 201
    assert sell(TEN).status_code == 201, "the day goes on"
    noon.move(days=1)

    assert_refused(
        sell(TEN),
        409,
        "sales.day_not_signed",
        "2026年6月1日您称的总数，收购公司还没有签字，今天先不能再称。"
        "请让收购公司的回收员在手机上核对、签字，签好就能称",
    )
    assert (count(app, Sale), recyclers_money(given, recycler)) == (2, 9_600)
    assert sign("20").status_code == 201
    assert sell(TEN).status_code == 201
    assert recyclers_money(given, recycler) == 9_400


@pytest.mark.parametrize(
    ("weight", "pieces", "status"),
    [("9.5", 20, 201), ("10.5", 21, 201), ("9.499", 20, 409), ("10", 18, 409), ("0", 20, 409)],
)
def test_more_than_one_part_in_twenty_stops_who_weighed(
    weight, pieces, status, recycler, sell, noon, sign
):
    sell(TEN, ("bottle", 20))
    signed = sign(weight, pieces)
    noon.move(days=1)

    answer = sell(TEN)

    assert (signed.json["booked_grams"], signed.json["booked_pieces"]) == (10_000, 20)
    assert signed.json["is_off"] is (status == 409)
    assert answer.status_code == status, answer.json


def test_a_difference_is_told_and_ends_when_it_is_signed_anew(
    given, recycler, family, sell, noon, sign
):
    village_admin = given.staff(Role.VILLAGE_ADMIN, family.village.id)
    sell(TEN)
    sign("4")
    noon.move(days=1)

    assert_refused(
        sell(TEN),
        409,
        "sales.day_differs",
        "2026年6月1日的总数对不上：回收员签的是 4 公斤、0 个，您称的是 10 公斤、0 个，"
        "今天先不能再称。请村管理员和回收员一起核对：称错的撤回，签错的请回收员重新签",
    )
    assert any("2026年6月1日称重的总数，和回收员核对的差得多" in one for one in read(village_admin))
    assert sign("10").json["is_off"] is False
    assert sell(TEN).status_code == 201


def test_what_was_weighed_after_the_signature_is_not_signed(recycler, sell, noon, sign):
    sell(TEN)
    sign("10")
    noon.move(hours=1)
    sell(TEN)
    noon.move(hours=23)

    assert_refused(sell(TEN), 409, "sales.day_not_signed")
    assert sign("20").status_code == 201
    assert sell(TEN).status_code == 201


def test_another_keeper_and_the_agents_own_weighing_go_on(
    given, recycler, family, agent, sell, noon
):
    another = given.staff(Role.COLLECTOR, family.village.id)
    sell(TEN)
    assert sell(TEN, client=agent, home=given.household(village=family.village)).status_code == 201
    noon.move(days=1)

    assert sell(TEN, client=another).status_code == 201
    assert sell(TEN, client=agent).status_code == 201
    assert_refused(sell(TEN), 409, "sales.day_not_signed")


def test_the_agent_reads_what_waits_and_is_reminded_once(
    app, given, recycler, family, keeper, agent, sell, sign
):
    sell(TEN, ("bottle", 20))

    (waiting,) = agent.get("/api/v1/sale-days").json["items"]
    with app.app_context():
        jobs.remind_of_signatures()
        jobs.remind_of_signatures()

    assert waiting == {
        "village_id": str(family.village.id),
        "village": waiting["village"],
        "weighed_by": str(user_of(app, keeper)),
        "weigher": waiting["weigher"],
        "day": "2026-06-01",
        "grams": 10_000,
        "pieces": 20,
    }
    assert [one for one in read(agent) if "等您核对、签字" in one] == [
        f"{waiting['village']}有 1 笔当天称重的总数等您核对、签字。不签，明天那里就不能再称"
    ]
    sign("10", 20)
    assert agent.get("/api/v1/sale-days").json["items"] == []
    elsewhere = given.staff(Role.RECYCLER_AGENT, given.village().id)
    assert elsewhere.get("/api/v1/sale-days").json["items"] == []


def test_nobody_signs_their_own_or_where_they_do_not_buy(
    app, given, recycler, family, keeper, agent, sell, sign
):
    sell(TEN)
    elsewhere = given.staff(Role.RECYCLER_AGENT, given.village().id)

    assert_refused(sign("10", client=elsewhere), 404, "sales.day_not_found")
    assert_refused(sign("10", day="2026-05-31"), 404, "sales.day_not_found")
    assert_refused(sign("10", weigher=agent), 404, "sales.day_not_found")
    given.grant(user_of(app, keeper), Role.RECYCLER_AGENT, family.village.id)
    assert_refused(sign("10", client=keeper), 403, "trust.same_person")
    assert len(agent.get("/api/v1/sale-days").json["items"]) == 1


def test_the_proof_finds_who_weighed_on_without_a_signature(
    app, committed, recycler, sell, noon, sign, by_hand
):
    sell(TEN)
    sign("10")
    noon.move(days=1)
    sell(TEN)
    assert lies(app) == []

    by_hand("UPDATE sale_signatures SET grams = 4000")

    assert [what for _, _, what in lies(app)] == [
        "was gone on from without the recycler's signature"
    ]
