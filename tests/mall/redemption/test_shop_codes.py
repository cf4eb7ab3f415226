"""A customer scans the code that hangs in the shop and types the amount."""

import pytest

from app.register.identity.roles import Role
from tests.given.http import assert_refused, post


@pytest.fixture
def code(counter):
    made = counter.owner.post(counter.url("code"))
    assert made.status_code == 201, made.json
    return made.json["code"]


def scan(phone, code, points, **more):
    return post(phone, "shop-codes/payments", {"code": code, "points": points, **more})


def test_the_shop_sees_the_payment_at_once(phone, counter, code, moved):
    paid = scan(phone, code, 700)

    assert paid.status_code == 201, paid.json
    assert (paid.json["payment_method"], paid.json["shop_id"]) == (
        "shop_code",
        str(counter.shop_id),
    )
    assert moved() == (14_300, 700)
    (seen,) = counter.clerk.get(counter.url("redemptions")).json["items"]
    assert {name: seen[name] for name in paid.json} == paid.json
    assert seen["served_by"] is None


def test_the_customer_is_told_the_shop_and_the_price_first(
    phone, counter, code, office, moved, shelves
):
    lines = shelves.lines(counter, 800)
    office.campaign(office.funder(5_000), day_limit_fen=500)

    def told(price_fen):
        body = {"code": code, "price_fen": price_fen, "lines": lines}
        return phone.post("/api/v1/shop-codes/quote", json=body).json

    first = told(800)
    paid = scan(phone, code, first["points"], price_fen=800, lines=lines)
    second = told(800)

    assert (first["shop_id"], first["points"], first["subsidy_fen"]) == (
        str(counter.shop_id),
        400,
        400,
    )
    assert first["shop_name"] == paid.json["shop_name"]
    assert (paid.json["campaign_name"], paid.json["subsidy_fen"]) == ("五折日", 400)
    assert (second["points"], second["subsidy_fen"]) == (800, 0)
    assert second["why_full_price"] is not None
    assert moved() == (14_600, 800)


def test_a_renewed_code_pays_and_the_old_one_does_not(phone, counter, code, moved):
    newer = counter.owner.post(counter.url("code")).json["code"]

    refused, paid = scan(phone, code, 10), scan(phone, newer, 20)

    assert_refused(
        refused,
        404,
        "redemption.shop_code_not_found",
        "这个店铺码不能用了，请扫店里新的码，或让店员扫您的付款码",
    )
    assert paid.status_code == 201
    assert moved() == (14_980, 20)
    assert counter.clerk.get(counter.url("code")).json["code"] == newer
    old = phone.post("/api/v1/shop-codes/quote", json={"code": code, "price_fen": 10})
    assert old.status_code == 404


def test_a_payment_has_a_limit_of_its_own(phone, code, moved):
    assert_refused(
        scan(phone, code, 2_001),
        422,
        "redemption.shop_code_over_limit",
        "扫店里的码一次最多付 2000 分，请让店员扫您的付款码",
    )
    assert moved() == (15_000, 0)


def test_a_day_has_a_limit_of_its_own(phone, code, moved, noon, pay):
    for points in (2_000, 2_000, 900):
        assert scan(phone, code, points).status_code == 201
    assert pay(1_000).status_code == 201  # another means, which does not count here

    assert_refused(
        scan(phone, code, 101),
        409,
        "redemption.shop_code_day_limit",
        "扫店里的码一天最多付 5000 分，今天还能付 100 分。可以改用付款码",
    )
    assert moved() == (9_100, 5_900)
    assert scan(phone, code, 100).status_code == 201
    noon.move(hours=12)
    assert scan(phone, code, 101).status_code == 201


def test_a_county_can_do_without(limits, phone, code, moved):
    limits(shop_code_points_max=0)

    assert_refused(scan(phone, code, 1), 422, "redemption.shop_code_over_limit")
    assert moved() == (15_000, 0)


def test_a_closed_shop_takes_nothing(phone, counter, code, moved):
    counter.owner.patch(f"/api/v1/shops/{counter.shop_id}", json={"is_open": False})

    assert_refused(scan(phone, code, 1), 409, "redemption.shop_not_open")
    assert moved() == (15_000, 0)


def test_who_has_too_little_pays_nothing(given, counter, code, moved):
    poor = given.resident(given.household(points=10))

    assert_refused(scan(poor, code, 11), 409, "redemption.not_enough_points")
    assert moved() == (15_000, 0)


def test_a_code_of_another_county_is_unknown(given, code):
    village = given.village(county_id=990102)
    abroad = given.household(points=100, village=village, county_id=990102)

    answer = scan(given.resident(abroad, county_id=990102), code, 10)

    assert answer.json["code"] == "redemption.shop_code_not_found"
    assert given.spendable(abroad, county_id=990102) == 100


@pytest.mark.parametrize("size", ["a4", "a6"])
def test_a_page_to_print_has_the_name_and_the_code_in_it(size, counter, code):
    page = counter.clerk.get(counter.url(f"code?format={size}"))

    text = page.get_data(as_text=True)
    assert page.status_code == 200
    assert f"@page {{ size: {size.upper()}" in text
    assert text.count("<svg") == 1
    assert "<script" not in text
    assert code not in text  # only as a picture
    shop = counter.clerk.get("/api/v1/shops").json["items"][0]
    assert f"<h1>{shop['name']}</h1>" in text


def test_a_shop_without_a_code_says_so(counter):
    answer = counter.clerk.get(counter.url("code"))

    assert_refused(answer, 404, "redemption.shop_code_not_made")


def test_only_who_runs_the_shop_renews_its_code(given, counter, mall, phone, code):
    url = counter.url("code")
    admin = given.staff(Role.COUNTY_ADMIN, given.county())

    assert counter.clerk.post(url).status_code == 403
    assert phone.post(url).status_code == 403
    assert mall.counter().owner.post(url).status_code == 404
    assert mall.counter().clerk.get(url).status_code == 404
    assert counter.clerk.get(url).json["code"] == code
    assert admin.post(url).status_code == 201


def test_only_residents_pay_with_it(given, counter, code, moved):
    for somebody in (counter.clerk, counter.owner, given.visitor()):
        assert scan(somebody, code, 10).status_code == 403
    assert moved() == (15_000, 0)


@pytest.mark.parametrize(
    "body",
    [{}, {"code": "x"}, {"points": 1}, {"code": "x", "points": 0}, {"code": "", "points": 1}],
)
def test_a_malformed_payment_is_refused(body, phone):
    assert_refused(post(phone, "shop-codes/payments", body), 422, "invalid_request")


def test_a_pay_code_is_no_shop_code_and_the_other_way_round(phone, counter, code):
    shown = phone.post("/api/v1/pay-codes").json["code"]

    assert scan(phone, shown, 1).json["code"] == "redemption.shop_code_not_found"
    taken = post(counter.clerk, "redemptions", {"code": code, "points": 1})
    assert taken.json["code"] == "redemption.code_not_found"
