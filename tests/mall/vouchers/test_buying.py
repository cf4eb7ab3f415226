"""A resident buys a voucher: one code, its points, and nobody else ever reads it."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select, update

from app.kernel.db import db, transaction
from app.points import ledger
from app.register.identity.roles import Role
from app.web.models import IdempotentAnswer
from mall.merchants import service as merchants
from mall.settlement.shop_statements import WORDS
from mall.vouchers.models import VoucherCode, VoucherPurchase, VoucherViewing
from tests.given.factories import COUNTY
from tests.given.http import assert_refused, user_of
from tests.given.proposals import agree


def nothing_sold(app, desk, family, kind) -> bool:
    with app.app_context():
        bought = db.session.scalar(select(func.count()).select_from(VoucherPurchase))
    free = desk.states(kind).get("free", 0) == len(desk.texts.get(kind, []))
    return (bought, desk.takings(), free) == (0, 0, True) and desk.given.spendable(family) == 10_000


def test_a_voucher_is_bought_and_its_points_reach_the_platforms_shop(desk, phone, family):
    kind = desk.kind(2, name="20 元购物券", terms="不找零")

    answer = desk.buy(phone, kind)

    assert answer.status_code == 201
    assert (answer.json["name"], answer.json["platform_name"]) == ("20 元购物券", "示范连锁超市")
    assert (answer.json["points"], answer.json["market_price_fen"]) == (1_800, 2_000)
    assert (answer.json["state"], answer.json["last_on"]) == ("bought", "2026-12-31")
    assert answer.json["terms"] == "不找零"
    assert desk.given.spendable(family) == 8_200
    assert desk.takings() == 1_800
    assert desk.states(kind) == {"free": 1, "sold": 1}
    assert WORDS[ledger.TransferKind.VOUCHER] == "村民买券"


def test_the_code_is_shown_to_the_household_and_each_look_is_recorded(
    app, desk, given, phone, family
):
    kind = desk.kind(1)
    bought = desk.bought(phone, kind)
    another = given.resident(family)

    first, second = desk.view(phone, bought), desk.view(another, bought)

    assert first.json == second.json == {"code": desk.texts[kind][0]}
    assert first.headers["Cache-Control"] == "no-store"
    with app.app_context():
        looks = db.session.execute(
            select(VoucherViewing.user_id, VoucherViewing.viewed_at).order_by(VoucherViewing.id)
        ).all()
    assert {look.user_id for look in looks} == {user_of(app, phone), user_of(app, another)}
    assert {look.viewed_at for look in looks} == {desk.noon()}


def test_a_repeat_buys_nothing_more_and_the_kept_answer_holds_no_code(app, desk, phone, family):
    kind = desk.kind(2)

    first = desk.buy(phone, kind, key="buy-voucher-1")
    again = desk.buy(phone, kind, key="buy-voucher-1")

    assert first.json == again.json
    assert desk.states(kind) == {"free": 1, "sold": 1}
    assert desk.given.spendable(family) == 8_200
    assert desk.view(phone, again.json["id"]).json["code"] in desk.texts[kind]
    with app.app_context():
        for body in db.session.scalars(select(IdempotentAnswer.body)):
            for clear in desk.texts[kind]:
                assert clear.encode() not in (body or b"")


def test_nobody_outside_the_household_reads_the_code(app, desk, given, phone):
    bought = desk.bought(phone, desk.kind(1))
    county = given.county()
    strangers = [given.resident(desk.family()), given.visitor(), desk.counter.owner]
    strangers += [given.staff(role, county) for role in (Role.COUNTY_ADMIN, Role.AUDITOR)]

    for stranger in strangers:
        assert desk.view(stranger, bought).status_code in (403, 404)

    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(VoucherViewing)) == 0


def test_who_leaves_the_household_reads_no_code_any_more(app, desk, given, phone, family):
    from app.register.households.models import Binding

    bought = desk.bought(phone, desk.kind(1))
    user_id = user_of(app, phone)
    with app.app_context(), transaction():
        db.session.execute(
            update(Binding).where(Binding.user_id == user_id).values(ended_at=desk.noon())
        )

    assert desk.view(phone, bought).status_code == 403


def test_codes_that_end_first_are_sold_first(desk, phone):
    kind = desk.kind()
    late = desk.stock(kind, 1, "2026-12-31")
    soon = desk.stock(kind, 1, "2026-07-01")

    sold = [desk.view(phone, desk.bought(phone, kind)).json["code"] for _ in range(2)]

    assert sold == soon + late


def test_a_code_past_its_day_is_not_sold(app, desk, given, noon):
    kind = desk.kind(1)
    noon.at = noon() + timedelta(days=214)  # 2027-01-01
    family = given.household()
    given.points(family, 10_000, expires_on=None)

    assert_refused(desk.buy(given.resident(family), kind), 409, "vouchers.sold_out")

    assert nothing_sold(app, desk, family, kind)


@pytest.mark.parametrize("many", [0, 1])
def test_what_is_sold_out_says_so(app, desk, given, phone, family, many):
    kind = desk.kind(many)
    if many:
        desk.bought(given.resident(desk.family()), kind)

    message = "这种券卖完了，积分没有扣。请以后再来看看"
    assert_refused(desk.buy(phone, kind), 409, "vouchers.sold_out", message)

    assert desk.given.spendable(family) == 10_000


def test_too_few_points_leave_the_code_for_others(app, desk, given):
    kind = desk.kind(1)
    poor = given.resident(given.household(points=1_000))

    assert_refused(desk.buy(poor, kind), 409, "vouchers.not_enough_points", "积分不够，还差 800 分")

    assert desk.states(kind) == {"free": 1}
    assert desk.takings() == 0


def test_another_price_than_the_buyer_was_told_moves_nothing(app, desk, phone, family):
    kind = desk.kind(1)

    answer = desk.buy(phone, kind, points=1_700)

    assert_refused(answer, 409, "vouchers.price_differs", "这种券现在是 1800 分，请看好价格再买")
    assert nothing_sold(app, desk, family, kind)


def test_a_household_keeps_to_its_limit_of_a_month(desk, given, phone, family, noon):
    kind = desk.kind(5, month_limit=2)
    desk.bought(phone, kind)
    desk.bought(given.resident(family), kind)

    assert_refused(
        desk.buy(phone, kind),
        409,
        "vouchers.over_limit",
        "这种券每户每月限买 2 张，您家这个月已经买满了",
    )
    desk.bought(given.resident(desk.family()), kind)
    noon.at = noon().replace(month=7)
    desk.bought(phone, kind)

    assert desk.states(kind) == {"free": 1, "sold": 4}


def test_a_kind_for_some_villages_is_sold_to_their_residents_only(app, desk, given, phone, family):
    elsewhere = given.household(village=given.village(), points=10_000)
    kind = desk.kind(1, buyer_region_ids=[str(elsewhere.village.town_id)])

    assert_refused(desk.buy(phone, kind), 409, "vouchers.not_for_you")
    assert phone.get("/api/v1/vouchers").json["items"] == []

    assert nothing_sold(app, desk, family, kind)
    desk.bought(given.resident(elsewhere), kind)


def test_a_withdrawn_kind_is_not_sold_and_what_was_bought_stays_good(desk, phone):
    kind = desk.kind(2)
    bought = desk.bought(phone, kind)

    desk.withdrawn(kind)

    assert_refused(desk.buy(phone, kind), 409, "vouchers.kind_withdrawn")
    assert phone.get("/api/v1/vouchers").json["items"] == []
    assert desk.view(phone, bought).json["code"] in desk.texts[kind]
    assert_refused(desk.withdraw(kind), 409, "vouchers.kind_withdrawn")


def test_a_platform_whose_merchant_is_suspended_sells_nothing(app, desk, given, phone, family):
    kind = desk.kind(1)
    by = given.user()
    with app.app_context(), transaction():
        merchants.suspend(
            county_id=COUNTY, merchant_id=desk.counter.merchant_id, by=by, at=desk.noon()
        )

    assert_refused(desk.buy(phone, kind), 409, "vouchers.not_on_sale")
    assert phone.get("/api/v1/vouchers").json["items"] == []

    assert nothing_sold(app, desk, family, kind)


def test_a_kind_of_another_county_is_not_found(desk, given):
    kind = desk.kind(1)
    abroad = given.resident(
        given.household(village=given.village(county_id=990102), county_id=990102), 990102
    )

    assert_refused(desk.buy(abroad, kind), 404, "vouchers.kind_not_found")
    assert_refused(desk.buy(abroad, str(uuid4())), 404, "vouchers.kind_not_found")


def test_only_residents_buy(desk, given):
    kind = desk.kind(1)
    for client in (given.visitor(), desk.admin, desk.counter.owner):
        assert desk.buy(client, kind).status_code == 403


@pytest.mark.parametrize("body", [{}, {"kind_id": "x", "points": 1}, {"points": 1.5}])
def test_a_malformed_purchase_is_refused(desk, phone, body):
    from tests.given.http import post

    assert post(phone, "vouchers/purchases", body).status_code == 422


def test_the_shelf_says_what_is_left(desk, phone):
    kind = desk.kind(2, name="话费券", month_limit=3)
    empty = desk.kind()
    desk.bought(phone, kind)

    items = phone.get("/api/v1/vouchers").json["items"]

    assert [(item["id"], item["left"], item["left_words"]) for item in items] == [
        (empty, 0, "售罄"),
        (kind, 1, "还有 1 张"),
    ]
    assert (items[1]["name"], items[1]["points_price"], items[1]["month_limit"]) == (
        "话费券",
        1_800,
        3,
    )


def test_the_shelf_and_the_purchases_are_paged_and_take_as_many_queries_for_many(
    desk, phone, queries
):
    kinds = [desk.kind(1) for _ in range(4)]
    bought = [desk.bought(phone, kind) for kind in kinds]

    counts = {}
    for path, ids in (("vouchers", kinds), ("vouchers/purchases", bought)):
        for limit in (1, 4):
            with queries() as seen:
                page = phone.get(f"/api/v1/{path}?limit={limit}").json
            assert [item["id"] for item in page["items"]] == ids[::-1][:limit]
            counts[path, limit] = len(seen)
        rest = phone.get(f"/api/v1/{path}?limit=4&before={ids[2]}").json
        assert ([item["id"] for item in rest["items"]], rest["next"]) == (ids[1::-1], None)

    assert counts["vouchers", 1] == counts["vouchers", 4]
    assert counts["vouchers/purchases", 1] == counts["vouchers/purchases", 4]


def test_a_household_sees_only_its_own_purchases(desk, given, phone):
    desk.bought(phone, desk.kind(1))

    other = given.resident(desk.family())

    assert other.get("/api/v1/vouchers/purchases").json["items"] == []


def test_a_note_of_use_is_kept_and_taken_back(desk, given, phone, noon):
    bought = desk.bought(phone, desk.kind(1))
    path = f"/api/v1/vouchers/purchases/{bought}/use"
    stranger = given.resident(desk.family())

    noted_at = noon().isoformat()
    assert phone.put(path).json["used_at"] == noted_at
    noon.move(hours=1)
    assert phone.put(path).json["used_at"] == noted_at
    assert stranger.delete(path).status_code == 404
    assert phone.delete(path).json["used_at"] is None


def test_a_changed_price_holds_for_the_next_purchase(app, desk, phone, noon):
    kind = desk.kind(2, name="话费券")
    first = desk.bought(phone, kind)
    facts = {
        "name": "话费券",
        "value": "20 元话费",
        "market_price_fen": 2_000,
        "points_price": 1_500,
        "last_on": "2026-12-31",
    }

    changed = desk.change_kind(kind, **facts | {"points_price": 1_600})
    assert (changed.status_code, changed.json["state"]) == (202, "proposed")
    assert agree(desk.checker, changed.json["id"]).status_code == 200
    noon.move(hours=24)
    desk.begin()
    second = desk.bought(phone, kind, 1_600)
    with app.app_context():
        paid = dict(db.session.execute(select(VoucherPurchase.id, VoucherPurchase.points)).all())
    assert paid == {UUID(first): 1_800, UUID(second): 1_600}


@pytest.mark.parametrize(
    ("facts", "status", "code"),
    [
        ({"points_price": 2_001}, 422, "vouchers.price_above_market"),
        ({"platform_id": str(uuid4())}, 404, "vouchers.platform_not_found"),
        ({"buyer_region_ids": [str(uuid4())]}, 404, "vouchers.region_not_found"),
        ({"points_price": 0}, 422, "invalid_request"),
    ],
)
def test_a_kind_that_cannot_be_is_refused(desk, facts, status, code):
    assert_refused(desk.enter_kind(**facts), status, code)

    assert desk.admin.get("/api/v1/vouchers/stock").json["items"] == []


def test_two_kinds_of_a_platform_have_two_names(desk):
    desk.kind(name="话费券")
    other = desk.kind(name="电费券")

    assert_refused(desk.enter_kind(name="话费券"), 409, "vouchers.kind_taken")
    facts = {
        "name": "话费券",
        "value": "x",
        "market_price_fen": 1,
        "points_price": 1,
        "last_on": "2026-12-31",
    }
    renamed = desk.admin.put(f"/api/v1/vouchers/kinds/{other}", json=facts)
    assert_refused(renamed, 409, "vouchers.kind_taken")


def test_a_platform_needs_a_mall_of_its_own(desk, mall):
    counter = mall.counter()

    assert_refused(desk.enter_platform(counter, "另一个平台"), 409, "vouchers.not_a_mall")
    assert_refused(desk.enter_platform(name="另一个平台"), 409, "vouchers.platform_taken")


def test_the_database_keeps_a_code_for_one_purchase(app, desk, phone):
    from sqlalchemy.exc import IntegrityError

    kind = desk.kind(2)
    first, second = desk.bought(phone, kind), desk.bought(phone, kind)

    with app.app_context():
        code_id = db.session.scalar(
            select(VoucherPurchase.code_id).where(VoucherPurchase.id == UUID(first))
        )
        with pytest.raises(IntegrityError), transaction():
            db.session.execute(
                update(VoucherPurchase)
                .where(VoucherPurchase.id == UUID(second))
                .values(code_id=code_id)
            )


def test_the_application_cannot_alter_a_code(app, desk):
    from sqlalchemy.exc import ProgrammingError

    desk.kind(1)

    with app.app_context(), pytest.raises(ProgrammingError), transaction():
        db.session.execute(update(VoucherCode).values(sealed=b"x"))
