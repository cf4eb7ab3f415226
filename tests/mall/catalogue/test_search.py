"""A resident finds what they may buy, by words, pinyin, price and place, page by page."""

from datetime import timedelta

import pytest

from app.kernel.db import transaction
from mall.catalogue.words import search_text
from mall.merchants import service as merchants
from mall.merchants import shops
from mall.merchants.models import ShopKind
from tests.given.asked import asked
from tests.given.built import built
from tests.given.factories import COUNTY

URL = "/api/v1/catalogue/offers"


@pytest.fixture
def stall(shelves, noon):
    """Put goods on a shelf, a second after those before."""

    def stocked(*args, **about):
        noon.move(seconds=1)
        return shelves.stocked(*args, **about)

    return stocked


@pytest.fixture
def visitor(given):
    return given.visitor()


def names(client, **query) -> list[str]:
    answer = client.get(URL, query_string=query)
    assert answer.status_code == 200, answer.json
    return [row["name"] for row in answer.json["items"]]


@pytest.mark.parametrize("words", ["食盐", "盐", "shiyan", "sy", "SY", "海 盐", "69012", "加碘 sy"])
def test_goods_are_found_by_words_pinyin_initials_and_barcode(words, stall, visitor):
    stall(name="海晶加碘食盐", barcode="6901234567892")
    stall(name="透明皂")

    assert names(visitor, words=words) == ["海晶加碘食盐"]


@pytest.mark.parametrize("words", ["糖", "%", "_", "\\", "' OR 1=1 --"])
def test_what_is_not_there_is_not_found(words, stall, visitor):
    stall(name="食盐")

    assert names(visitor, words=words) == []


def test_a_name_is_written_for_search_with_its_sound():
    assert (
        search_text("农夫山泉550ml", "69", None) == "农夫山泉550ml nongfushanquan550ml nfsq550ml 69"
    )


def test_filters_narrow_the_list(stall, visitor, shelves, mall, app, noon):
    food = shelves.category("食品")
    here, there, mall_shop = mall.counter(), mall.counter(), mall.counter()
    with app.app_context(), transaction():
        shops.set_kind(
            county_id=COUNTY,
            shop_id=mall_shop.shop_id,
            kind=ShopKind.MALL,
            by=shelves.by,
            at=noon(),
        )
    stall(here, "盐", category_id=shelves.category("调料", parent_id=food), points=200)
    stall(here, "皂", points=300, pieces=0)
    stall(there, "洗发水", points=1000, market=1200)
    stall(mall_shop, "电饭煲", points=9000, market=12000)

    assert names(visitor) == ["电饭煲", "洗发水", "皂", "盐"]
    assert names(visitor, category_id=food) == ["盐"]
    assert names(visitor, points_min=300, points_max=1000) == ["洗发水", "皂"]
    assert names(visitor, in_stock="true") == ["电饭煲", "洗发水", "盐"]
    assert names(visitor, shop_id=here.shop_id) == ["皂", "盐"]
    assert names(visitor, village_id=here.village.id) == ["电饭煲", "皂", "盐"]


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("newest", ["e", "d", "c", "b", "a"]),
        ("cheapest", ["b", "a", "c", "e", "d"]),
        ("dearest", ["d", "e", "c", "a", "b"]),
        ("popular", ["c", "a", "e", "d", "b"]),
    ],
)
def test_every_order_is_paged_without_gaps(sort, expected, stall, visitor, shelves, given, mall):
    counter, family = mall.counter(), given.household()
    prices = {"a": 200, "b": 100, "c": 200, "d": 300, "e": 200}
    made = {name: stall(counter, name, points=points) for name, points in prices.items()}
    for name, pieces in (("a", 1), ("c", 2)):
        shelves.reserve(f"order:{name}", family, (made[name], pieces))
        shelves.consume(f"order:{name}")

    seen, after = [], None
    while True:
        query = {"sort": sort, "limit": 2} | ({"after": after} if after else {})
        answer = visitor.get(URL, query_string=query).json
        seen += [row["name"] for row in answer["items"]]
        after = answer["next"]
        if after is None:
            break

    assert seen == expected


@pytest.mark.parametrize("after", ["x", "W10=", "WzEsMl0=", "WyJhIiwiYiJd", "bnVsbA=="])
def test_a_place_that_nobody_gave_out_is_refused(after, visitor):
    answer = visitor.get(URL, query_string={"after": after})

    assert (answer.status_code, answer.json["code"]) == (422, "invalid_request")


def test_only_what_can_be_bought_now_is_shown(app, stall, visitor, shelves, mall, noon):
    counter, closed, suspended = mall.counter(), mall.counter(), mall.counter()
    shown = stall(counter, "盐")
    hidden = [
        stall(counter, "草稿", is_listed=False),
        shelves.offer(counter, shelves.goods(counter), is_listed=False),
        shelves.offer(counter, shelves.goods(counter), since=noon() + timedelta(minutes=1)),
        shelves.offer(
            counter, shelves.goods(counter), since=noon() - timedelta(days=1), until=noon()
        ),
        stall(closed, "关门"),
        stall(suspended, "停业"),
    ]
    facts = {"county_id": COUNTY, "by": shelves.by, "at": noon()}
    with app.app_context(), transaction():
        merchants.set_open(shop_id=closed.shop_id, is_open=False, **facts)
        merchants.suspend(merchant_id=suspended.merchant_id, **facts)
    noon.move(seconds=-2)

    assert names(visitor) == ["盐"]
    assert visitor.get(f"{URL}/{shown.offer_id}").json["offer"]["name"] == "盐"
    for one in hidden:
        assert visitor.get(f"{URL}/{one.offer_id}").json["code"] == "catalogue.offer_not_found"


def test_goods_for_some_places_are_shown_to_their_residents_only(stall, given, visitor):
    home = given.household()
    away = given.household(village=given.village())
    stall(name="大米", buyer_region_ids=(home.village.town_id,))

    assert names(given.resident(home)) == ["大米"]
    assert names(given.resident(away)) == names(visitor) == []


def test_goods_of_another_county_are_not_shown(stall, given):
    stall(name="盐")

    assert names(given.visitor(990102)) == []


def test_nobody_looks_without_signing_in(app, stall):
    stall(name="盐")

    for path in (URL, "/api/v1/catalogue/categories", "/api/v1/shops/near"):
        assert app.test_client().get(path).status_code == 401


def test_a_page_that_was_asked_for_before_builds_no_statement(stall, given, mall):
    stall(mall.counter(), "肥皂")
    resident = given.resident(given.household())
    wish = {"words": "fei zao", "in_stock": "true", "sort": "cheapest"}
    resident.get(URL, query_string=wish)

    with built() as seen:
        answer = resident.get(URL, query_string=wish | {"words": "zao fei"})

    assert [item["name"] for item in answer.json["items"]] == ["肥皂"]
    assert seen == []


def test_a_page_takes_two_queries_beside_the_one_that_finds_the_caller(stall, given, queries, mall):
    counter = mall.counter()
    for n in range(30):
        stall(counter, f"{n}号")
    resident = given.resident(given.household())

    with queries() as seen:
        answer = resident.get(URL, query_string={"limit": 30, "words": "hao", "in_stock": "true"})

    assert len(answer.json["items"]) == 30
    assert asked(seen) == ["sessions", "offers", "shops"]
