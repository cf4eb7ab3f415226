"""Stock is set aside, handed over or given back; once for each reference, never below zero."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import IntegrityError

from app.kernel.db import db, transaction
from mall.catalogue import goods, offers, stock
from mall.catalogue.errors import (
    GoodsWithdrawn,
    NotForYou,
    NotOnSale,
    OfferNotFound,
    OutOfStock,
    OverLimit,
    ReservationDiffers,
    ReservationEnded,
    ReservationNotFound,
)
from mall.catalogue.models import LimitPeriod, Offer, StockMove
from mall.merchants import service as merchants
from tests.given.factories import COUNTY
from tests.given.shelves import Stocked


@pytest.fixture
def family(given):
    return given.household()


def moves(shelves) -> list[tuple]:
    with shelves.app.app_context():
        rows = db.session.execute(
            select(StockMove.kind, StockMove.stock_change, StockMove.reserved_change)
        )
        return sorted((kind.value, stock_, reserved) for kind, stock_, reserved in rows)


def test_what_is_reserved_leaves_the_shelf_and_is_handed_over_once(shelves, family):
    soap = shelves.stocked(pieces=10)

    (reserved,) = shelves.reserve("order:1", family, (soap, 3))

    assert (reserved.count, reserved.points_price, reserved.market_price_fen) == (3, 300, 350)
    assert (reserved.settlement_price_fen, reserved.shop_id) == (300, soap.counter.shop_id)
    assert shelves.pieces(soap) == (7, 3, 0)
    for _ in range(2):
        shelves.consume("order:1")
        assert shelves.pieces(soap) == (7, 0, 3)
    assert moves(shelves) == [("consume", 0, -3), ("count", 10, 0), ("reserve", -3, 3)]
    assert shelves.findings() == set()


def test_what_is_given_back_stands_on_the_shelf_again_once(shelves, family):
    soap = shelves.stocked(pieces=10)
    shelves.reserve("order:1", family, (soap, 3))

    for _ in range(2):
        shelves.give_back("order:1")
        assert shelves.pieces(soap) == (10, 0, 0)

    assert shelves.findings() == set()


def test_a_reservation_has_one_end(shelves, family):
    soap = shelves.stocked()
    shelves.reserve("order:1", family, (soap, 1))
    shelves.reserve("order:2", family, (soap, 1))
    shelves.consume("order:1")
    shelves.give_back("order:2")

    with pytest.raises(ReservationEnded):
        shelves.give_back("order:1")
    with pytest.raises(ReservationEnded):
        shelves.consume("order:2")
    with pytest.raises(ReservationNotFound):
        shelves.consume("order:3")
    assert shelves.pieces(soap) == (9, 0, 1)


def test_a_repeat_reserves_nothing_more_and_other_contents_are_refused(shelves, given, family):
    soap, salt = shelves.stocked(), shelves.stocked()
    first = shelves.reserve("order:1", family, (soap, 2))

    assert shelves.reserve("order:1", family, (soap, 1), (soap, 1)) == first
    for wanted in ([(soap, 3)], [(salt, 2)], [(soap, 2), (salt, 1)]):
        with pytest.raises(ReservationDiffers):
            shelves.reserve("order:1", family, *wanted)
    with pytest.raises(ReservationDiffers):
        shelves.reserve("order:1", given.household(), (soap, 2))
    assert (shelves.pieces(soap), shelves.pieces(salt)) == ((8, 2, 0), (10, 0, 0))


def test_an_order_is_reserved_whole_or_not_at_all(shelves, family):
    soap, salt = shelves.stocked(pieces=10), shelves.stocked(pieces=1, name="食盐")

    with pytest.raises(OutOfStock) as refusal:
        shelves.reserve("order:1", family, (soap, 2), (salt, 2))

    assert refusal.value.sentence() == "“食盐”不够了，只剩 1 件"
    assert (shelves.pieces(soap), shelves.pieces(salt)) == ((10, 0, 0), (1, 0, 0))
    assert moves(shelves) == [("count", 1, 0), ("count", 10, 0)]


def test_what_is_not_for_sale_now_is_not_reserved(app, shelves, family, noon):
    counter = shelves.mall.counter()
    later = noon() + timedelta(hours=1)
    draft = shelves.stocked(counter, is_listed=False)
    tomorrow = shelves.offer(counter, shelves.goods(counter), since=later)
    over = shelves.offer(
        counter, shelves.goods(counter), since=noon() - timedelta(days=1), until=noon()
    )
    hidden = shelves.offer(counter, shelves.goods(counter), is_listed=False)
    withdrawn = shelves.stocked(counter)
    with app.app_context(), transaction():
        goods.withdraw_goods(
            county_id=COUNTY,
            goods_id=withdrawn.goods_id,
            merchant_ids=None,
            by=shelves.by,
            at=noon(),
        )

    for one in (draft, tomorrow, over, hidden, withdrawn):
        with pytest.raises(NotOnSale):
            shelves.reserve("order:1", family, (one, 1))
        assert shelves.pieces(one) == (10, 0, 0)
    noon.move(hours=1)
    shelves.reserve("order:1", family, (tomorrow, 1))
    assert shelves.pieces(tomorrow) == (9, 1, 0)


def test_a_closed_shop_or_suspended_merchant_sells_nothing(app, shelves, family, noon):
    closed, suspended = shelves.stocked(), shelves.stocked()
    facts = {"county_id": COUNTY, "by": shelves.by, "at": noon()}
    with app.app_context(), transaction():
        merchants.set_open(shop_id=closed.counter.shop_id, is_open=False, **facts)
        merchants.suspend(merchant_id=suspended.counter.merchant_id, **facts)

    for one in (closed, suspended):
        with pytest.raises(NotOnSale):
            shelves.reserve("order:1", family, (one, 1))
        assert shelves.pieces(one) == (10, 0, 0)


def test_goods_for_a_village_are_sold_to_its_residents_only(shelves, given):
    here, there = given.household(), given.household(village=given.village())
    rice = shelves.stocked(buyer_region_ids=(here.village.id,))

    shelves.reserve("order:1", here, (rice, 1))
    with pytest.raises(NotForYou):
        shelves.reserve("order:2", there, (rice, 1))

    assert shelves.pieces(rice) == (9, 1, 0)


def test_a_household_buys_up_to_its_limit_over_all_shops_and_no_more(shelves, given, noon):
    family, another = given.household(), given.household()
    counter = shelves.mall.counter()
    rice = shelves.stocked(counter, "大米", limit=goods.Limit(3, LimitPeriod.DAY))
    shelves.reserve("order:1", family, (rice, 2))

    with pytest.raises(OverLimit) as refusal:
        shelves.reserve("order:2", family, (rice, 2))

    assert refusal.value.sentence() == "“大米”每户每天限买 3 件，您家还可以买 1 件"
    assert shelves.pieces(rice) == (8, 2, 0)
    shelves.reserve("order:2", another, (rice, 3))
    shelves.give_back("order:1")
    shelves.reserve("order:3", family, (rice, 3))
    noon.move(hours=12)  # midnight in China
    shelves.reserve("order:4", family, (rice, 3))
    assert shelves.pieces(rice) == (1, 9, 0)


@pytest.mark.parametrize(("period", "days"), [(LimitPeriod.MONTH, 29), (LimitPeriod.EVER, 400)])
def test_a_limit_of_a_month_or_for_ever_lasts_so_long(period, days, shelves, family, noon):
    rice = shelves.stocked(limit=goods.Limit(1, period))
    shelves.reserve("order:1", family, (rice, 1))

    noon.move(days=days)  # 30 June, for a month

    with pytest.raises(OverLimit):
        shelves.reserve("order:2", family, (rice, 1))
    if period is LimitPeriod.MONTH:
        noon.move(days=1)
        shelves.reserve("order:2", family, (rice, 1))


def test_offers_of_another_county_are_not_found(shelves, family, given):
    soap = shelves.stocked()
    with pytest.raises(OfferNotFound):
        shelves.reserve("order:1", family, (Stocked(soap.goods_id, family.id, soap.counter), 1))


def test_withdrawn_goods_are_offered_nowhere(app, shelves, noon):
    soap = shelves.stocked()
    facts = {"county_id": COUNTY, "goods_id": soap.goods_id, "merchant_ids": None}
    with app.app_context(), transaction():
        goods.withdraw_goods(by=shelves.by, at=noon(), **facts)

    with pytest.raises(GoodsWithdrawn):
        shelves.offer(soap.counter, soap.goods_id)


@pytest.mark.parametrize("column", ["stock", "reserved", "sold"])
def test_the_database_lets_no_count_fall_below_zero(column, app, shelves):
    soap = shelves.stocked()

    with app.app_context(), pytest.raises(IntegrityError, match=f"{column}_not_negative"):
        db.session.execute(update(Offer).values({column: -1}))

    assert shelves.pieces(soap) == (10, 0, 0)


@pytest.mark.parametrize(
    ("kind", "stock_change", "reserved_change"),
    [("reserve", 0, 1), ("reserve", 1, -1), ("consume", 1, -1), ("give_back", 2, -1)],
)
def test_the_database_lets_no_move_invent_a_piece(
    kind, stock_change, reserved_change, app, shelves, family
):
    soap = shelves.stocked()

    with app.app_context(), pytest.raises(IntegrityError, match="changes_fit_the_kind"):
        db.session.execute(
            text("""
                INSERT INTO stock_moves
                SELECT county_id, gen_random_uuid(), id, goods_id, :kind, :stock, :reserved,
                       'order:x', :household, NULL, now()
                  FROM offers WHERE id = :offer
            """),
            {
                "kind": kind,
                "stock": stock_change,
                "reserved": reserved_change,
                "household": family.id,
                "offer": soap.offer_id,
            },
        )


@pytest.mark.parametrize(
    ("alteration", "found"),
    [
        ("UPDATE offers SET stock = stock + 1", "stock_is_the_sum_of_its_moves"),
        ("UPDATE offers SET sold = 0", "stock_is_the_sum_of_its_moves"),
        ("UPDATE goods SET market_price_fen = 999", "a_price_is_the_last_of_its_history"),
        ("UPDATE goods_categories SET county_id = 990102", "goods_stay_in_their_county"),
        (
            "UPDATE goods SET buyer_region_ids = ARRAY[gen_random_uuid()]",
            "goods_stay_in_their_county",
        ),
    ],
)
def test_the_proof_finds_what_was_altered(
    alteration, found, committed, shelves, given, family, by_hand
):
    given.county(990102)
    soap = shelves.stocked()
    shelves.reserve("order:1", family, (soap, 1))
    shelves.consume("order:1")
    assert shelves.findings() == set()

    by_hand(alteration)

    assert shelves.findings() == {found}


@pytest.mark.race("mall.catalogue.stock.locked_offers")
def test_of_sixty_four_buyers_ten_get_one_of_ten(app, shelves, given, together):
    soap = shelves.stocked(pieces=10)
    family = given.household()

    outcomes = together(shelves.reserving(f"order:{n}", family, (soap, 1)) for n in range(64))

    assert outcomes == {"done": 10, "OutOfStock": 54}
    assert shelves.pieces(soap) == (0, 10, 0)
    assert shelves.findings() == set()


def test_orders_of_two_things_in_either_order_do_not_deadlock(shelves, given, together):
    counter = shelves.mall.counter()
    soap, salt = shelves.stocked(counter, pieces=30), shelves.stocked(counter, pieces=30)
    family = given.household()

    outcomes = together(
        shelves.reserving(
            f"order:{n}", family, *(((soap, 1), (salt, 1)) if n % 2 else ((salt, 1), (soap, 1)))
        )
        for n in range(64)
    )

    assert outcomes == {"done": 30, "OutOfStock": 34}
    assert (shelves.pieces(soap), shelves.pieces(salt)) == ((0, 30, 0), (0, 30, 0))


def test_a_household_that_orders_many_times_at_once_stays_within_its_limit(
    shelves, given, together
):
    rice = shelves.stocked(pieces=50, limit=goods.Limit(3, LimitPeriod.DAY))
    family = given.household()

    outcomes = together(shelves.reserving(f"order:{n}", family, (rice, 1)) for n in range(32))

    assert outcomes == {"done": 3, "OverLimit": 29}


def test_one_reference_sent_many_times_reserves_once_and_ends_once(shelves, given, together, noon):
    soap = shelves.stocked(pieces=10)
    family = given.household()

    reserved = together(shelves.reserving("order:1", family, (soap, 2)) for _ in range(32))
    ends = {
        end: lambda end=end: end(county_id=COUNTY, reference="order:1", by=None, at=noon())
        for end in (stock.consume, stock.give_back)
    }
    ended = together(ends[stock.consume if n % 2 else stock.give_back] for n in range(32))

    assert reserved == {"done": 32}
    assert ended == {"done": 16, "ReservationEnded": 16}
    assert shelves.pieces(soap) in [(8, 0, 2), (10, 0, 0)]
    assert shelves.findings() == set()


def test_counting_beside_orders_loses_no_piece(app, shelves, given, together, noon):
    soap = shelves.stocked(pieces=40)
    family = given.household()
    by = shelves.by

    def counting():
        offers.count_stock(
            county_id=COUNTY,
            shop_id=soap.counter.shop_id,
            offer_id=soap.offer_id,
            stock=50,
            by=by,
            at=noon(),
        )

    together(
        counting if n % 2 else shelves.reserving(f"order:{n}", family, (soap, 1)) for n in range(32)
    )

    assert shelves.findings() == set()
    assert shelves.pieces(soap)[1] == 16
