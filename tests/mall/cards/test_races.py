"""Many at once, with real commits: a card's lock decides."""

import threading
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from app.kernel.db import db
from app.points import ledger
from app.register.cards import printing, service
from app.register.cards.models import Card, CardState
from app.register.identity.caller import Caller
from app.register.identity.roles import Grant, Role
from mall.cards import paying, proxies
from mall.cards.models import CardUse, Proxy
from mall.redemption import service as redemption
from mall.redemption.service import Sale
from mall.redemption.settings import SETTINGS as COUNTER_SETTINGS
from tests.given.cards import PIN, named
from tests.given.factories import COUNTY
from tests.given.http import user_of


@pytest.fixture(autouse=True)
def committing(committed):
    """All tests here commit."""


def paying_with(app, counter, paper, noon, points=100, pin=PIN, proxy_id=None):
    by = Caller(user_of(app, counter.clerk), COUNTY)
    return lambda: paying.pay(
        shop_id=counter.shop_id,
        shown=paying.Shown(paper.qr, pin, proxy_id),
        sale=Sale(points, None),
        by=by,
        at=noon(),
    )


@pytest.mark.race("app.register.cards.locking.locked_cards")
def test_thirty_two_wrong_pins_at_once_have_five_tries(
    app, given, office, family, counter, noon, together
):
    paper = office.active(family)

    outcomes = together([paying_with(app, counter, paper, noon, pin="730513")] * 32)

    assert outcomes == {"done": 5, "CardIsBlocked": 27}
    assert office.card(paper).wrong_pins == 5
    assert office.steps(paper)[-1] == ("blocked", "wrong_pins")
    assert given.spendable(family) == 10_000


def test_wrong_pins_at_once_over_http_have_five_tries(office, family, pay):
    paper = office.active(family)

    with ThreadPoolExecutor(16) as pool:
        codes = list(pool.map(lambda _: pay(paper, pin="730513").json["code"], range(16)))

    assert codes.count("cards.wrong_pin") == 4
    assert set(codes) <= {"cards.wrong_pin", "cards.blocked", "cards.too_many_wrong_pins"}
    assert office.card(paper).wrong_pins == 5


def test_uses_at_once_spend_a_balance_once(app, given, office, mall, noon, together):
    family = given.household(points=500)
    paper, counters = office.active(family), [mall.counter() for _ in range(2)]

    outcomes = together([paying_with(app, counters[n % 2], paper, noon, 200) for n in range(6)])

    assert outcomes == {"done": 2, "NotEnoughPoints": 4}
    assert given.spendable(family) == 100
    assert sum(given.balance(ledger.shop(c.shop_id)) for c in counters) == 400
    assert len(office.uses()) == 2


def test_uses_at_once_keep_within_the_day(app, given, office, family, counter, noon, together):
    paper = office.active(family)

    outcomes = together([paying_with(app, counter, paper, noon, 2_000)] * 6)

    assert outcomes == {"done": 2, "OverDayLimit": 4}
    assert given.spendable(family) == 6_000


def test_cards_and_codes_of_one_household_do_not_wait_for_each_other(
    app, given, office, family, counter, noon, together
):
    given.setting(COUNTER_SETTINGS, household_day_points=50)
    paper, clerk_id = office.active(family), user_of(app, counter.clerk)
    codes = [given.resident(family).post("/api/v1/pay-codes").json["code"] for _ in range(3)]

    def redeems(code):
        return lambda: redemption.redeem(
            county_id=COUNTY,
            shop_id=counter.shop_id,
            clerk_id=clerk_id,
            code=code,
            sale=redemption.Sale(10, None),
            at=noon(),
        )

    with_card = [paying_with(app, counter, paper, noon, 10)] * 3
    outcomes = together(
        [work for pair in zip(with_card, map(redeems, codes), strict=True) for work in pair]
    )

    assert outcomes == {"done": 5, "HouseholdDayLimit": 1}
    assert given.spendable(family) == 9_950


def test_after_a_block_has_committed_nothing_is_paid(
    app, given, office, family, counter, noon, together
):
    paper, admin = office.active(family), office.admin(family)
    card_id = office.card(paper).id
    by = Caller(
        user_id=user_of(app, admin),
        county_id=COUNTY,
        grants=(Grant(Role.VILLAGE_ADMIN, family.village.id),),
    )
    pays = [paying_with(app, counter, paper, noon, 10) for _ in range(12)]
    blocks = [lambda: service.block(card_id=card_id, by=by, at=noon())] * 4

    outcomes = together([*pays[:6], *blocks, *pays[6:]])

    paid = outcomes.get("done", 0) - len(blocks)
    assert paid + outcomes.get("CardIsBlocked", 0) == 12
    assert given.spendable(family) == 10_000 - 10 * paid
    assert office.steps(paper) == [("printed", None), ("active", None), ("blocked", "lost")]
    with app.app_context():
        steps = db.session.scalars(select(CardUse.step)).all()
    assert steps == [2] * paid


def test_sheets_printed_at_once_leave_one_card_a_household(app, given, office, noon, together):
    village = given.village()
    families = [given.household(village=village) for _ in range(10)]
    by = given.caller(Role.VILLAGE_ADMIN, village.id)
    sheets, lock = [], threading.Lock()
    wanted = [
        printing.Wanted(region_id=village.id, is_again=True),
        printing.Wanted(household_ids=[family.id for family in families]),
        printing.Wanted(household_ids=[family.id for family in reversed(families)]),
    ]

    def prints(which):
        def run():
            sheet = printing.print_cards(wanted=which, by=by, at=noon())
            with lock:
                sheets.append(sheet)

        return run

    outcomes = together([prints(which) for which in wanted * 3])

    assert set(outcomes) <= {"done", "NothingToPrint"}
    with app.app_context():
        current = db.session.scalars(select(Card).where(Card.state != CardState.ENDED)).all()
    assert len(current) == 10
    shown = {card.number for sheet in sheets for card in sheet.cards}
    assert {card.number for card in current} <= shown, "each card that holds is on some paper"


def test_after_a_proxy_has_ended_they_buy_nothing(
    app, given, office, family, counter, noon, together
):
    paper, phone = office.active(family), given.resident(family)
    from uuid import UUID

    proxy_id = UUID(named(phone).json["id"])
    by = Caller(user_id=user_of(app, phone), county_id=COUNTY, household_id=family.id)
    pays = [paying_with(app, counter, paper, noon, 10, proxy_id=proxy_id) for _ in range(8)]

    outcomes = together(
        [*pays[:4], lambda: proxies.end_proxy(proxy_id=proxy_id, by=by, at=noon()), *pays[4:]]
    )

    paid = outcomes["done"] - 1
    assert paid + outcomes.get("ProxyNotFound", 0) == 8
    assert given.spendable(family) == 10_000 - 10 * paid


def test_proxies_named_at_once_are_at_most_five(app, given, family, noon, together):
    by = Caller(user_id=given.user(), county_id=COUNTY, household_id=family.id)
    day = noon().date()

    def name():
        wanted = proxies.Named(uuid4().hex[:6], "13900001111", day, day, 100)
        proxies.name_proxy(household_id=family.id, proxy=wanted, by=by, at=noon())

    assert together([name] * 12) == {"done": 5, "TooManyProxies": 7}
    with app.app_context():
        assert db.session.scalars(select(func.count()).select_from(Proxy)).one() == 5
