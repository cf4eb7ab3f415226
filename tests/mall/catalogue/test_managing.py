"""Merchants manage their own goods, clerks count stock, the county sees everybody's."""

from datetime import timedelta
from io import BytesIO
from uuid import uuid4

import pytest
from PIL import Image
from sqlalchemy import func, select

from app import outside
from app.kernel.db import db, transaction
from app.kernel.units import Fen, Points
from app.outside.photos import PhotoMissing
from app.register.identity.roles import Role
from mall.catalogue import categories, goods, jobs, photos
from mall.catalogue.errors import CategoryInUse, PhotoRefused
from mall.catalogue.models import Category, Goods, GoodsPhoto, Offer, PriceChange, StockMove
from tests.given import pictures
from tests.given.factories import COUNTY
from tests.given.http import post, user_of
from tests.given.uploads import upload

GOODS = "/api/v1/goods"


@pytest.fixture
def counter(mall):
    return mall.counter()


@pytest.fixture
def body(shelves, counter):
    return {
        "merchant_id": str(counter.merchant_id),
        "category_id": str(shelves.category("日用")),
        "name": "透明皂",
        "unit": "块",
        "market_price_fen": 350,
        "points_price": 300,
    }


def count(app, model) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(model))


def test_goods_go_from_draft_to_shelf_to_withdrawn(counter, body, given):
    made = post(counter.owner, "goods", body)
    assert made.status_code == 201, made.json
    assert (made.json["state"], made.json["settlement_price_fen"]) == ("draft", 300)
    assert made.json["subsidy_fen"] == 0
    url = f"{GOODS}/{made.json['id']}"

    assert counter.owner.post(f"{url}/listing").json["state"] == "listed"
    offered = counter.owner.put(f"{url}/offers/{counter.shop_id}", json={})
    assert (offered.status_code, offered.json["stock"]) == (200, 0)
    counted = counter.clerk.put(
        f"/api/v1/shops/{counter.shop_id}/offers/{offered.json['id']}/stock",
        json={"stock": 12},
        headers={"Idempotency-Key": uuid4().hex},
    )
    assert (counted.status_code, counted.json["stock"]) == (200, 12), counted.json
    detail = counter.owner.get(url).json
    assert (detail["offers"], detail["photo_ids"]) == ([counted.json], [])
    seen = given.visitor().get("/api/v1/catalogue/offers").json["items"]
    assert [(row["name"], row["stock"]) for row in seen] == [("透明皂", 12)]

    assert counter.owner.post(f"{url}/withdrawal").json["state"] == "withdrawn"
    assert given.visitor().get("/api/v1/catalogue/offers").json["items"] == []
    for attempt in (
        counter.owner.post(f"{url}/listing"),
        counter.owner.post(f"{url}/withdrawal"),
        counter.owner.put(f"{url}/price", json={"market_price_fen": 9, "points_price": 9}),
        counter.owner.put(f"{url}/offers/{counter.shop_id}", json={}),
    ):
        assert (attempt.status_code, attempt.json["code"]) == (409, "catalogue.goods_withdrawn")


def test_others_goods_are_not_found(app, mall, shelves, given, counter, body):
    mine = shelves.stocked(counter)
    stranger = mall.counter()
    abroad = given.staff(Role.COUNTY_ADMIN, given.county(990102), county_id=990102)
    url = f"{GOODS}/{mine.goods_id}"
    facts = {key: body[key] for key in ("category_id", "name", "unit")}

    for somebody in (stranger.owner, abroad):
        attempts = [
            somebody.get(url),
            somebody.put(url, json=facts),
            somebody.put(f"{url}/price", json={"market_price_fen": 999, "points_price": 1}),
            somebody.get(f"{url}/price-changes"),
            somebody.post(f"{url}/listing"),
            somebody.post(f"{url}/withdrawal"),
            somebody.put(f"{url}/offers/{counter.shop_id}", json={}),
            somebody.delete(f"{url}/photos/{uuid4()}"),
            upload(somebody, f"{url}/photos", pictures.photo()),
            post(somebody, "goods", body),
        ]
        assert [answer.status_code for answer in attempts] == [404] * 10
        assert somebody.get(GOODS).json["items"] == []
    stock = f"/api/v1/shops/{counter.shop_id}/offers/{mine.offer_id}/stock"
    shelf = f"/api/v1/shops/{stranger.shop_id}/offers/{mine.offer_id}/stock"
    for path in (stock, shelf):
        key = {"Idempotency-Key": uuid4().hex}
        assert stranger.clerk.put(path, json={"stock": 1}, headers=key).status_code == 404
    assert stranger.clerk.get(f"/api/v1/shops/{counter.shop_id}/shelf").status_code == 404
    assert shelves.pieces(mine) == (10, 0, 0)
    assert (count(app, Goods), count(app, PriceChange), count(app, GoodsPhoto)) == (1, 1, 0)


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.COUNTY_ADMIN, Role.MERCHANT}))
def test_nobody_else_manages_goods(role, app, given, counter, body, shelves):
    mine = shelves.stocked(counter)
    place = counter.shop_id if role is Role.CLERK else given.county()
    somebody = given.staff(role, place)
    url = f"{GOODS}/{mine.goods_id}"

    attempts = [
        somebody.get(GOODS),
        post(somebody, "goods", body),
        somebody.get(url),
        somebody.put(f"{url}/price", json={"market_price_fen": 999, "points_price": 1}),
        somebody.post(f"{url}/withdrawal"),
        somebody.put(f"{url}/offers/{counter.shop_id}", json={}),
        somebody.post("/api/v1/catalogue/categories", json={"name": "新"}),
        post(somebody, "goods-imports"),
        somebody.get("/api/v1/goods-export"),
    ]

    assert [answer.status_code for answer in attempts] == [403] * 9
    assert count(app, Goods) == 1


def test_price_rises_are_read_by_the_county_and_its_auditors(given):
    county = given.county()
    query = "since=2026-06-01T00:00:00Z&until=2026-06-02T00:00:00Z"
    readers = {
        role
        for role in set(Role) - {Role.VISITOR, Role.RESIDENT, Role.LIAISON}
        if given.staff(role, county).get(f"/api/v1/catalogue/price-rises?{query}").status_code
        == 200
    }

    assert readers == {Role.COUNTY_ADMIN, Role.AUDITOR}


def test_a_shop_of_another_merchant_offers_nothing_of_this_one(app, mall, counter, shelves):
    mine = shelves.goods(counter)

    answer = counter.owner.put(f"{GOODS}/{mine}/offers/{mall.counter().shop_id}", json={})

    assert (answer.status_code, answer.json["code"]) == (404, "merchants.shop_not_found")
    assert count(app, Offer) == 0


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"points_price": 351}, 422, "catalogue.price_above_market"),
        ({"category_id": str(uuid4())}, 404, "catalogue.category_not_found"),
        ({"buyer_region_ids": [str(uuid4())]}, 404, "catalogue.region_not_found"),
        ({"limit_count": 3}, 422, "invalid_request"),
        ({"points_price": 0}, 422, "invalid_request"),
        ({"market_price_fen": "350"}, 422, "invalid_request"),
        ({"barcode": "12"}, 422, "invalid_request"),
        ({"name": ""}, 422, "invalid_request"),
        ({"state": "listed"}, 422, "invalid_request"),
    ],
)
def test_what_is_wrong_with_goods_is_told_and_nothing_is_entered(
    change, status, code, app, counter, body
):
    answer = post(counter.owner, "goods", body | change)

    assert (answer.status_code, answer.json["code"]) == (status, code)
    assert (count(app, Goods), count(app, PriceChange)) == (0, 0)


def test_a_number_names_one_thing_of_a_merchant_until_it_is_withdrawn(app, mall, counter, body):
    first = post(counter.owner, "goods", body | {"barcode": "6901234567892", "own_number": "A1"})

    same_barcode = post(counter.owner, "goods", body | {"barcode": "6901234567892"})
    same_number = post(counter.owner, "goods", body | {"own_number": "A1"})

    assert same_barcode.json["code"] == "catalogue.barcode_taken"
    assert same_number.json["code"] == "catalogue.own_number_taken"
    assert count(app, Goods) == 1
    other = mall.counter()
    elsewhere = body | {"merchant_id": str(other.merchant_id), "barcode": "6901234567892"}
    assert post(other.owner, "goods", elsewhere).status_code == 201
    counter.owner.post(f"{GOODS}/{first.json['id']}/withdrawal")
    assert post(counter.owner, "goods", body | {"barcode": "6901234567892"}).status_code == 201


def test_changing_facts_keeps_the_price_and_a_taken_number_changes_nothing(counter, body):
    first = post(counter.owner, "goods", body | {"own_number": "A1"}).json
    second = post(counter.owner, "goods", body | {"own_number": "A2"}).json
    url = f"{GOODS}/{second['id']}"
    facts = {"category_id": body["category_id"], "name": "雕牌皂", "unit": "块"}

    taken = counter.owner.put(url, json=facts | {"own_number": "A1"})
    assert taken.json["code"] == "catalogue.own_number_taken"
    assert counter.owner.get(url).json["goods"] == second
    changed = counter.owner.put(
        url, json=facts | {"own_number": "A2", "limit_count": 2, "limit_period": "month"}
    )
    assert changed.json == second | {
        "name": "雕牌皂",
        "limit_count": 2,
        "limit_period": "month",
    }
    assert first["name"] == "透明皂"


def test_the_owner_is_told_of_a_price_that_the_county_set(admin, counter, body):
    made = post(counter.owner, "goods", body).json
    price = {"market_price_fen": 400, "points_price": 320}

    answer = admin.put(f"{GOODS}/{made['id']}/price", json=price)
    counter.owner.put(f"{GOODS}/{made['id']}/price", json=price | {"points_price": 310})

    assert answer.status_code == 200, answer.json
    told = counter.owner.get("/api/v1/notices").json["items"]
    assert [one["sentence"] for one in told] == [
        f"县里把您的“{made['name']}”从 3.50 元改成 4.00 元，要 320 分。"
        "不是您的意思，请马上改回来，并告诉县里"
    ]


def test_every_price_is_remembered_with_who_set_it(app, noon, counter, body):
    made = post(counter.owner, "goods", body).json
    url = f"{GOODS}/{made['id']}"
    noon.move(minutes=1)

    counter.owner.put(f"{url}/price", json={"market_price_fen": 400, "points_price": 320})
    noon.move(minutes=1)
    counter.owner.put(f"{url}/price", json={"market_price_fen": 400, "points_price": 320})
    refused = counter.owner.put(f"{url}/price", json={"market_price_fen": 300, "points_price": 301})

    assert refused.json["code"] == "catalogue.price_above_market"
    changes = counter.owner.get(f"{url}/price-changes").json["items"]
    assert [
        (row["market_from_fen"], row["market_to_fen"], row["points_from"], row["points_to"])
        for row in changes
    ] == [(350, 400, 300, 320), (None, 350, None, 300)]
    assert {row["changed_by"] for row in changes} == {str(user_of(app, counter.owner))}
    assert changes[0]["changed_at"] == "2026-06-01T04:01:00+00:00"


def test_a_price_lifted_during_a_subsidy_is_told_with_its_reason(
    app, shelves, admin, noon, counter, mall
):
    def reprice(goods_id, market):
        with app.app_context(), transaction():
            goods.reprice(
                county_id=COUNTY,
                goods_id=goods_id,
                merchant_ids=None,
                price=goods.Price(Fen(market), Points(100)),
                by=shelves.by,
                at=noon(),
            )
        noon.move(hours=1)

    soap, rice, oil = (
        shelves.stocked(counter, name, market=1000, points=100) for name in ("肥皂", "大米", "油")
    )
    elsewhere = shelves.stocked(mall.counter(), "盐", market=1000, points=100)
    noon.move(days=1)
    reprice(oil.goods_id, 1200)  # before the subsidy
    begins = noon()
    fresh = shelves.stocked(counter, "新品", market=500, points=100)
    reprice(soap.goods_id, 1300)
    reprice(rice.goods_id, 800)
    reprice(rice.goods_id, 1000)  # back to where it was
    reprice(elsewhere.goods_id, 1100)
    reprice(fresh.goods_id, 600)
    ends = noon()
    reprice(rice.goods_id, 2000)  # after it

    def rises(**args):
        query = {"since": begins.isoformat(), "until": ends.isoformat(), **args}
        answer = admin.get("/api/v1/catalogue/price-rises", query_string=query)
        assert answer.status_code == 200, answer.json
        return answer.json["items"]

    assert [row["reason"] for row in rises()] == [
        "补贴期间，“新品”的市场价从 5.00 元涨到 6.00 元",
        "补贴期间，“盐”的市场价从 10.00 元涨到 11.00 元",
        "补贴期间，“肥皂”的市场价从 10.00 元涨到 13.00 元",
    ]
    here = rises(shop_ids=[str(counter.shop_id)])
    assert [row["goods"] for row in here] == ["新品", "肥皂"]
    assert [row["goods"] for row in rises(before=here[0]["id"])] == ["盐", "肥皂"]
    early = rises(since=(begins - timedelta(hours=2)).isoformat())
    assert [row["goods"] for row in early] == ["新品", "盐", "肥皂", "油"]


def test_categories_are_two_levels_deep_and_empty_when_removed(app, admin, shelves, counter, given):
    food = admin.post("/api/v1/catalogue/categories", json={"name": "食品"}).json
    salt = admin.post(
        "/api/v1/catalogue/categories", json={"name": "调料", "parent_id": food["id"]}
    ).json
    goods_id = shelves.goods(counter, category_id=salt["id"])

    attempts = [
        admin.post("/api/v1/catalogue/categories", json={"name": "食品"}),
        admin.post("/api/v1/catalogue/categories", json={"name": "盐", "parent_id": salt["id"]}),
        admin.post("/api/v1/catalogue/categories", json={"name": "盐", "parent_id": str(goods_id)}),
        admin.delete(f"/api/v1/catalogue/categories/{food['id']}"),
        admin.delete(f"/api/v1/catalogue/categories/{salt['id']}"),
        admin.delete(f"/api/v1/catalogue/categories/{goods_id}"),
    ]

    assert [answer.json["code"] for answer in attempts] == [
        "catalogue.category_taken",
        "catalogue.category_too_deep",
        "catalogue.category_not_found",
        "catalogue.category_in_use",
        "catalogue.category_in_use",
        "catalogue.category_not_found",
    ]
    shown = given.visitor().get("/api/v1/catalogue/categories").json["items"]
    assert shown == [food, salt]
    empty = admin.post("/api/v1/catalogue/categories", json={"name": "空"}).json
    assert admin.delete(f"/api/v1/catalogue/categories/{empty['id']}").status_code == 204


def test_a_picture_is_shown_to_everybody_without_a_word_about_its_maker(app, counter, shelves):
    goods_id = shelves.goods(counter)
    url = f"{GOODS}/{goods_id}/photos"

    added = upload(counter.owner, url, pictures.with_exif())
    again = upload(counter.owner, url, pictures.with_exif())

    assert (added.status_code, again.json) == (201, added.json), added.json
    public = app.test_client().get(f"/api/v1/catalogue/photos/{added.json['id']}?size=thumb")
    assert (public.status_code, public.mimetype) == (200, "image/jpeg")
    assert b"SECRET" not in public.data
    with Image.open(BytesIO(public.data)) as image:
        assert (image.size, dict(image.getexif())) == ((320, 240), {})
    detail = counter.owner.get(f"{GOODS}/{goods_id}").json
    assert detail["photo_ids"] == [added.json["id"]]
    (thumb_url,) = detail["thumb_urls"]
    assert app.test_client().get(thumb_url.removeprefix("http://fen.test")).data == public.data
    assert counter.owner.delete(f"{url}/{added.json['id']}").status_code == 204
    gone = app.test_client().get(f"/api/v1/catalogue/photos/{added.json['id']}")
    assert gone.json["code"] == "catalogue.photo_not_found"


def test_what_is_no_picture_and_what_is_too_much_is_refused(app, counter, shelves, monkeypatch):
    goods_id = shelves.goods(counter)
    url = f"{GOODS}/{goods_id}/photos"

    codes = [
        upload(counter.owner, url, content).json["code"]
        for content in (pictures.HTML, b"", pictures.truncated())
    ]
    monkeypatch.setattr(photos, "PHOTOS_MAX", 1)
    assert upload(counter.owner, url, pictures.photo(1)).status_code == 201
    too_many = upload(counter.owner, url, pictures.photo(2))

    assert codes == ["photo.not_a_photo", "photo.empty", PhotoRefused.code]
    assert (too_many.status_code, too_many.json["code"]) == (409, "catalogue.too_many_photos")
    assert count(app, GoodsPhoto) == 1


def test_files_that_no_row_speaks_of_are_deleted_after_a_day(app, counter, shelves, noon):
    kept = upload(counter.owner, f"{GOODS}/{shelves.goods(counter)}/photos", pictures.photo(1))
    with app.app_context():
        left = photos.take_in(BytesIO(pictures.photo(2)), at=noon())
        noon.at = noon.at.replace(year=2099)  # the files carry the machine's own time
        jobs.delete_left_pictures()

        with pytest.raises(PhotoMissing):
            outside.photos().open(photos.file_key(left.id, photos.Size.SHOWN))
    assert app.test_client().get(f"/api/v1/catalogue/photos/{kept.json['id']}").status_code == 200


def test_the_quick_list_at_the_counter_has_prices_and_what_sells_best_first(
    counter, shelves, given, queries, noon
):
    family = given.household()
    soap = shelves.stocked(counter, "肥皂", points=300)
    noon.move(seconds=1)
    salt = shelves.stocked(counter, "食盐", points=200)
    noon.move(seconds=1)
    shelves.stocked(counter, "洗发水", points=1000, is_listed=False, market=1200)
    shelves.reserve("order:1", family, (salt, 2))
    shelves.consume("order:1")
    url = f"/api/v1/shops/{counter.shop_id}/shelf"

    with queries() as seen:
        first = counter.clerk.get(f"{url}?limit=2").json

    assert [(row["name"], row["points_price"], row["stock"]) for row in first["items"]] == [
        ("食盐", 200, 8),
        ("洗发水", 1000, 10),
    ]
    assert len(seen) == 3  # the caller, their shops, the list
    rest = counter.clerk.get(f"{url}?limit=2&after={first['next']}").json
    assert ([row["id"] for row in rest["items"]], rest["next"]) == ([str(soap.offer_id)], None)
    found = counter.clerk.get(url, query_string={"words": "sy"}).json["items"]
    assert [row["name"] for row in found] == ["食盐"]


def test_a_count_sent_twice_is_written_once(app, counter, shelves):
    soap = shelves.stocked(counter, pieces=0)
    url = f"/api/v1/shops/{counter.shop_id}/offers/{soap.offer_id}/stock"
    key = {"Idempotency-Key": uuid4().hex}

    answers = [counter.clerk.put(url, json={"stock": 5}, headers=key) for _ in range(2)]

    assert [answer.json["stock"] for answer in answers] == [5, 5]
    assert (shelves.pieces(soap), count(app, StockMove)) == ((5, 0, 0), 1)


@pytest.mark.race("mall.catalogue.goods.locked_goods")
def test_a_price_changed_by_many_at_once_has_a_history_without_gaps(
    app, counter, shelves, together, noon
):
    goods_id, by = shelves.goods(counter), shelves.by

    def repricing(market):
        return lambda: goods.reprice(
            county_id=COUNTY,
            goods_id=goods_id,
            merchant_ids=None,
            price=goods.Price(Fen(market), Points(300)),
            by=by,
            at=noon(),
        )

    assert together(repricing(1000 + n) for n in range(16)) == {"done": 16}
    with app.app_context():
        rows = db.session.execute(
            select(PriceChange.market_from_fen, PriceChange.market_to_fen).order_by(
                PriceChange.number
            )
        ).all()
    assert [row[0] for row in rows[1:]] == [row[1] for row in rows[:-1]]
    assert (len(rows), shelves.findings()) == (17, set())


@pytest.mark.race("mall.catalogue.categories._locked_category")
def test_nothing_is_put_into_a_category_that_is_being_removed(app, shelves, together, noon):
    parents = [shelves.category(f"类{n}") for n in range(8)]
    by = shelves.by

    def adding(parent_id):
        return lambda: categories.add_category(
            county_id=COUNTY, parent_id=parent_id, name="小类", position=0, by=by, at=noon()
        )

    def removing(parent_id):
        return lambda: categories.remove_category(
            county_id=COUNTY, category_id=parent_id, by=by, at=noon()
        )

    outcomes = together(work(parent) for parent in parents for work in (adding, removing))

    assert outcomes.keys() <= {"done", "CategoryNotFound", CategoryInUse.__name__}
    assert outcomes["done"] == 8
    assert count(app, Category) == 2 * outcomes.get("CategoryInUse", 0)
