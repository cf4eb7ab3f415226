"""What somebody who weighs cannot do alone: pay large sums, pay twice for a rounding, take back."""

from uuid import UUID

import pytest
from sqlalchemy import text

from app.kernel.db import db, transaction
from app.points import ledger
from app.points.awards import jobs as award_jobs
from app.recycling.sales import jobs
from app.recycling.sales.models import Sale
from app.recycling.sales.settings import SETTINGS
from app.register.identity.roles import Role
from tests.given import pictures
from tests.given.factories import COUNTY
from tests.given.http import assert_refused, post, user_of
from tests.given.rows import count
from tests.given.sales import recyclers_money
from tests.given.uploads import posted

FORTY = ("mixed", "40", "kg")  # 3,200 points
BECAUSE = "称错了，重新称"


@pytest.fixture(autouse=True)
def one_price(prices):
    """The county buys at one price, as Yuhang does: 80 fen a kilogram in one bag."""
    prices(price_mixed=80)


def lines_of(*lines):
    return [{"material": one, "weight": weight, "unit": unit} for one, weight, unit in lines]


def told(client) -> str:
    """The newest notice of the caller's household."""
    return client.get("/api/v1/notices").json["items"][0]["sentence"]


def refusals(app) -> list[str]:
    with app.app_context():
        asked = text("SELECT details ->> 'code' FROM audit_events WHERE action = 'trust.refused'")
        return list(db.session.scalars(asked))


# trust-cases 12, the sales of it
def test_forty_kilograms_for_each_of_three_households_wait_for_their_yes(
    app, given, recycler, family, sell, noon
):
    homes = [family, *(given.household(village=family.village) for _ in range(2))]

    without = sell(FORTY)
    waiting = [sell(FORTY, home=home, photo=True) for home in homes]

    assert_refused(without, 422, "sales.photo_needed")
    assert [(one.status_code, one.json["state"]) for one in waiting] == [(201, "awaiting_yes")] * 3
    assert count(app, Sale) == 3
    assert recyclers_money(given, recycler) == 10_000
    assert [given.spendable(home) for home in homes] == [0, 0, 0]
    resident = given.resident(family)
    assert told(resident) == (
        "刚给您家称的可回收物合 3200 分。对的请在一天内点“对”，积分才会到账；没有卖过请点“不对”"
    )

    yes = post(resident, f"sales/{waiting[0].json['id']}/confirmation")
    noon.move(days=1)
    jobs.lapse_unanswered()
    late = post(given.resident(homes[1]), f"sales/{waiting[1].json['id']}/confirmation")

    assert (yes.status_code, yes.json["state"]) == (200, "paid")
    assert_refused(late, 409, "sales.not_awaited")
    assert [given.spendable(home) for home in homes] == [3_200, 0, 0]
    assert recyclers_money(given, recycler) == 10_000 - 3_200
    with app.app_context():
        states = db.session.scalars(text("SELECT state FROM sales ORDER BY state DESC"))
        assert list(states) == ["paid", "lapsed", "lapsed"]


def test_a_second_person_of_the_village_says_yes_where_nobody_has_a_phone(
    app, given, recycler, family, keeper, sell, one_person
):
    sale_id = sell(FORTY, photo=True).json["id"]
    admin = given.staff(Role.VILLAGE_ADMIN, family.village.id)
    elsewhere = given.staff(Role.VILLAGE_ADMIN, given.village().id)

    own_phone = given.user()
    one_person(own_phone, user_of(app, keeper))
    given.grant(own_phone, Role.BOOTH_KEEPER, family.village.id)

    path = f"sales/{sale_id}/confirmation"
    assert_refused(post(keeper, path), 403, "trust.same_person")
    assert_refused(post(given.signed_in(own_phone), path), 403, "trust.same_person")
    assert_refused(post(elsewhere, path), 404, "sales.not_found")
    assert recyclers_money(given, recycler) == 10_000
    assert [row["id"] for row in admin.get("/api/v1/sales/awaiting").json["items"]] == [sale_id]
    assert post(admin, path).status_code == 200
    assert given.spendable(family) == 3_200
    assert admin.get("/api/v1/sales/awaiting").json["items"] == []


def test_a_household_that_sold_nothing_says_no_and_nothing_moves(given, recycler, family, sell):
    sale_id = sell(FORTY, photo=True).json["id"]
    resident = given.resident(family)

    no = post(resident, f"sales/{sale_id}/refusal")
    yes = post(resident, f"sales/{sale_id}/confirmation")

    assert (no.status_code, no.json["state"]) == (200, "declined")
    assert_refused(yes, 409, "sales.not_awaited")
    assert (given.spendable(family), recyclers_money(given, recycler)) == (0, 10_000)


def test_many_small_sales_get_no_further_without_photo_and_yes_than_one_large(
    app, given, recycler, family, keeper, sell
):
    for _ in range(2):
        assert sell(("mixed", "3", "kg")).status_code == 201  # 240 points
    assert_refused(sell(("mixed", "0.5", "kg")), 422, "sales.photo_needed")
    assert sell(("mixed", "18", "kg"), photo=True).json["state"] == "paid"  # 1,920 in all

    more = sell(("mixed", "2", "kg"), photo=True)

    assert (more.status_code, more.json["state"]) == (201, "awaiting_yes")
    assert given.spendable(family) == 240 + 240 + 1_440


def test_what_has_no_price_counts_by_its_bonus_under_the_same_limits(
    app, given, recycler, family, keeper, sell, prices
):
    prices(
        price_mixed=80, sale_weight_bonus=0, low_value_bonus=200
    )  # glass itself is worth nothing
    given.setting(SETTINGS, keeper_day_points=3_000)

    assert sell(("glass", "2.9", "kg")).status_code == 201  # 400
    assert_refused(sell(("glass", "1", "kg")), 422, "sales.photo_needed")
    asked = sell(("glass", "9", "kg"), photo=True)
    assert (asked.status_code, asked.json["state"]) == (201, "awaiting_yes")  # 2,200 of the day
    home = given.household(village=family.village)
    beyond = sell(("glass", "5", "kg"), home=home, photo=True)

    assert_refused(beyond, 409, "sales.keeper_day_limit")
    assert beyond.json["details"] == {"limit": 3_000, "left": 800}
    assert count(app, Sale) == 2


def test_bytes_that_only_begin_like_a_picture_are_no_photo_of_the_scale(
    app, given, recycler, family, keeper
):
    upload_id = posted(keeper, b"\xff\xd8\xff\xe0" + b"0" * 2_000)
    body = {"household_id": str(family.id), "lines": lines_of(("mixed", "10", "kg"))}

    # Whoever had it fetched before, say as a photo of a check, gets no further.
    for way in ("checks", "sales", "sales"):
        answer = post(keeper, way, body | {"upload_id": upload_id})
        assert way == "checks" or answer.status_code == 415, answer.json

    assert_refused(answer, 415, "photo.not_a_photo")
    assert (count(app, Sale), given.spendable(family)) == (0, 0)


def test_one_photo_of_a_scale_pays_once(app, given, recycler, family, keeper, sell):
    scale = pictures.photo(7)
    body = {"household_id": str(family.id), "lines": lines_of(("mixed", "10", "kg"))}

    first = post(keeper, "sales", body | {"upload_id": posted(keeper, scale)})
    again = post(keeper, "sales", body | {"upload_id": posted(keeper, scale)})

    assert first.status_code == 201, first.json
    assert_refused(again, 409, "sales.photo_repeated")
    assert given.spendable(family) == 800


def test_who_weighs_pays_thirty_thousand_points_a_day_on_all_their_phones(
    app, given, recycler, family, keeper, sell, prepay
):
    prepay(recycler, 100_000)
    full, less = ("100", 500), ("95", 450)
    for kilograms, bottles in (full, full, less):  # 10,200 with the bonus, twice, and 9,590
        home, lines = given.household(village=family.village), ("mixed", kilograms, "kg")
        answer = sell(lines, ("bottle", bottles), home=home, photo=True)
        assert answer.status_code == 201, answer.json

    refused = sell(("mixed", "1", "kg"))

    assert_refused(refused, 409, "sales.keeper_day_limit")
    assert refused.json["details"] == {"limit": 30_000, "left": 10}
    assert count(app, Sale) == 3
    other = given.staff(Role.COLLECTOR, family.village.id)
    assert sell(("mixed", "1", "kg"), client=other).status_code == 201


def test_a_households_day_has_a_limit_in_points_whatever_the_prices(
    app, given, recycler, family, sell
):
    given.setting(SETTINGS, household_day_points=1_000)
    assert sell(("mixed", "10", "kg"), photo=True).status_code == 201

    refused = sell(("mixed", "3", "kg"), photo=True)

    assert_refused(refused, 409, "sales.household_day_limit")
    assert refused.json["details"] == {"limit": 1_000, "left": 180}  # 800, and 20 to come
    assert given.spendable(family) == 800


def test_nobody_weighs_for_a_household_that_is_related_to_theirs(
    app, given, recycler, family, sell, related
):
    own = given.household(village=family.village)
    user = given.user()
    given.grant(user, Role.BOOTH_KEEPER, family.village.id)
    weigher = given.resident(own, user_id=user)
    related(own, family)

    refused = sell(("paper", "1", "kg"), client=weigher)

    assert_refused(refused, 403, "trust.related")
    assert (count(app, Sale), recyclers_money(given, recycler)) == (0, 10_000)
    assert refusals(app) == ["trust.related"]


# trust-cases 13
def test_ten_small_weighings_pay_no_more_than_one(given, recycler, family, sell):
    points = [sell(("paper", "0.008", "kg")).json["points"] for _ in range(10)]

    assert points == [1, 0, 1, 0, 1, 0, 1, 0, 1, 1]
    assert given.spendable(family) == 6
    other = given.household(village=family.village)
    assert sell(("paper", "0.08", "kg"), home=other).json["points"] == 6


# trust-cases 13
def test_a_reversed_sale_takes_its_price_and_both_bonuses_back(
    app, given, recycler, family, sell, noon, admin
):
    given.points(family, 40)
    before = given.spendable(family)
    sale = sell(("paper", "1.2", "kg"), ("glass", "1.5", "kg")).json  # 84
    noon.move(days=1)
    jobs.decide_bonuses()
    award_jobs.pay_waiting()
    assert given.spendable(family) == before + 84 + 5 + 2
    body = {"subject": "sale", "subject_id": sale["id"], "reason": "称的是别人家的纸"}
    asked = post(admin, "reversals", body).json
    finance = given.staff(Role.FINANCE, given.county())

    done = post(finance, f"reversals/{asked['id']}/confirmation")

    assert (done.status_code, done.json["moved"]) == (200, 84)
    assert given.spendable(family) == before
    assert given.balance(ledger.village_budget(family.village.id)) == 1_000
    assert recyclers_money(given, recycler) == 10_000
    rows = finance.get("/api/v1/reversals").json["items"] + [
        row for row in admin.get("/api/v1/reversals").json["items"] if row["subject"] == "award"
    ]
    assert sorted((row["subject"], row["moved"], row["owed"]) for row in rows) == [
        ("award", 2, 0),
        ("award", 5, 0),
        ("sale", 84, 0),
    ]


@pytest.fixture
def fifty(given, family, sold):
    """Fifty kilograms that were paid at noon; a call of its void, and the seller's phone."""
    sale_id = sold(("mixed", "50", "kg"))["id"]
    return f"sales/{sale_id}/void", sale_id


# trust-cases 14
def test_a_sale_is_not_taken_back_behind_the_sellers_back(
    app, given, recycler, family, keeper, fifty, noon
):
    path, sale_id = fifty
    seller = given.resident(family)
    code = seller.get(f"/api/v1/sales/{sale_id}/code").json["code"]
    wrong = f"{(int(code) + 1) % 10**6:06}"

    noon.move(minutes=10)
    for body in ({}, {"code": wrong}):
        refused = post(keeper, path, {"because": BECAUSE} | body)
        assert_refused(refused, 409, "sales.void_needs_seller")
    other = given.staff(Role.BOOTH_KEEPER, family.village.id)
    assert_refused(post(other, path, {"because": BECAUSE, "code": code}), 404, "sales.not_found")
    stranger = given.resident(given.household(village=family.village))
    assert stranger.get(f"/api/v1/sales/{sale_id}/code").status_code == 404
    assert (given.spendable(family), recyclers_money(given, recycler)) == (4_000, 6_000)
    assert refusals(app) == ["sales.void_needs_seller"] * 2

    done = post(keeper, path, {"because": BECAUSE, "code": code})
    again = post(keeper, path, {"because": BECAUSE, "code": code})

    assert (done.status_code, done.json["state"]) == (200, "void")
    assert done.json["undone_because"] == BECAUSE
    assert_refused(again, 409, "sales.undone")
    assert (given.spendable(family), recyclers_money(given, recycler)) == (0, 10_000)
    assert told(seller) == (
        "您家卖可回收物的 4000 分撤销了。东西应当已经还给您，没有还请马上告诉村里"
    )


# trust-cases 14
def test_two_hours_later_only_two_people_take_a_sale_back(
    given, recycler, family, keeper, fifty, noon
):
    path, sale_id = fifty
    code = given.resident(family).get(f"/api/v1/sales/{sale_id}/code").json["code"]
    noon.move(hours=2)

    refused = post(keeper, path, {"because": BECAUSE, "code": code})

    assert_refused(refused, 409, "sales.void_needs_seller")
    assert (given.spendable(family), recyclers_money(given, recycler)) == (4_000, 6_000)


def test_wrong_codes_are_braked(given, recycler, family, keeper, fifty):
    path, _ = fifty
    for _ in range(5):
        refused = post(keeper, path, {"because": BECAUSE, "code": "000000"})
        assert_refused(refused, 409, "sales.void_needs_seller")

    assert_refused(post(keeper, path, {"because": BECAUSE}), 429, "sales.too_many_wrong_codes")
    assert given.spendable(family) == 4_000


def test_a_sale_whose_points_are_spent_is_not_voided(
    app, given, recycler, family, keeper, sold, noon
):
    sale_id = sold(("paper", "10", "kg"))["id"]
    code = given.resident(family).get(f"/api/v1/sales/{sale_id}/code").json["code"]
    with app.app_context(), transaction():
        ledger.spend(
            county_id=COUNTY,
            household_id=family.id,
            reference="given:spent",
            decided_at=noon(),
            kind=ledger.TransferKind.REDEMPTION,
            credit=ledger.shop(given.user()),
            amount=1,
        )

    refused = post(keeper, f"sales/{sale_id}/void", {"because": BECAUSE, "code": code})

    assert_refused(refused, 409, "sales.points_spent")
    assert refused.json["details"] == {"missing": 1}
    assert given.spendable(family) == 699
    assert keeper.get("/api/v1/sales/weighed").json["items"][0]["state"] == "paid"


def test_the_bonus_of_a_sale_waits_until_it_cannot_be_voided(
    app, given, recycler, family, keeper, sell, noon
):
    noon.move(hours=11, minutes=55)  # 23:55
    sale_id = sell(("paper", "1", "kg")).json["id"]
    code = given.resident(family).get(f"/api/v1/sales/{sale_id}/code").json["code"]
    noon.move(minutes=10)
    jobs.decide_bonuses()

    done = post(keeper, f"sales/{sale_id}/void", {"because": BECAUSE, "code": code})
    noon.move(minutes=10)
    jobs.decide_bonuses()
    award_jobs.pay_waiting()

    assert done.status_code == 200, done.json
    assert given.spendable(family) == 0
    assert given.balance(ledger.household(UUID(str(family.id)))) == 0


def test_who_weighed_takes_a_sale_back_that_nobody_has_said_yes_to(
    given, recycler, family, keeper, sell
):
    sale_id = sell(FORTY, photo=True).json["id"]

    done = post(keeper, f"sales/{sale_id}/void", {"because": BECAUSE})
    yes = post(given.resident(family), f"sales/{sale_id}/confirmation")

    assert (done.status_code, done.json["state"]) == (200, "declined")
    assert_refused(yes, 409, "sales.not_awaited")
    assert (given.spendable(family), recyclers_money(given, recycler)) == (0, 10_000)


def test_a_sale_is_not_reversed_while_somebody_asks_for_its_bonus(
    given, recycler, family, sell, noon, admin
):
    sale = sell(("paper", "1", "kg")).json
    noon.move(days=1)
    jobs.decide_bonuses()
    award_jobs.pay_waiting()
    finance = given.staff(Role.FINANCE, given.county())
    bonus = given.resident(family).get("/api/v1/awards").json["items"][0]["id"]
    reason = "称的是别人家的纸"
    of_bonus = post(admin, "reversals", {"subject": "award", "subject_id": bonus, "reason": reason})
    of_sale = post(
        finance, "reversals", {"subject": "sale", "subject_id": sale["id"], "reason": reason}
    )

    refused = post(admin, f"reversals/{of_sale.json['id']}/confirmation")

    assert of_bonus.status_code == 201, of_bonus.json
    assert_refused(refused, 409, "reversal.already_proposed")
    assert given.spendable(family) == 72
