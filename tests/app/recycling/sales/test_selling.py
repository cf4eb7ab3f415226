"""A household sells recyclables: weighed, priced, paid, and taken back when it was a mistake."""

from dataclasses import replace
from datetime import date
from io import BytesIO
from uuid import UUID

import pytest
from sqlalchemy import select, text

from app.kernel import clock
from app.kernel.db import db, transaction
from app.messages.notices.models import Notice
from app.points import awards, ledger
from app.points.awards import jobs as award_jobs
from app.points.awards.models import Award
from app.points.awards.proof import QUESTIONS as AWARD_QUESTIONS
from app.points.awards.rules import Rules
from app.recycling.sales import answering, jobs, service, undoing
from app.recycling.sales.models import Material, Recycler, Sale, SaleLine
from app.recycling.sales.pricing import Weighed
from app.recycling.sales.proof import QUESTIONS
from app.recycling.sales.settings import SETTINGS
from app.register.identity import service as users
from app.register.identity.caller import Caller
from app.register.identity.roles import Role
from mall.reversals.proof import QUESTIONS as REVERSAL_QUESTIONS
from tests.given import pictures
from tests.given.factories import COUNTY
from tests.given.http import assert_refused, post, user_of
from tests.given.proposals import agree
from tests.given.rows import count
from tests.given.sales import recyclers_money


@pytest.fixture
def morrow(noon):
    """The next morning, after the sweeps."""

    def run() -> None:
        noon.move(days=1)
        jobs.decide_bonuses()
        award_jobs.pay_waiting()

    return run


def test_a_sale_pays_its_price_out_of_the_recyclers_money(given, recycler, family, sell, noon):
    answer = sell(("paper", "10.1", "kg"), ("textiles", "3", "jin"), ("bottle", 7), photo=True)

    assert answer.status_code == 201, answer.json
    assert [
        (line["material"], line["grams"], line["pieces"], line["price_fen"], line["points"])
        for line in answer.json["lines"]
    ] == [
        ("paper", 10_100, None, 70, 707),
        ("textiles", 1_500, None, 20, 30),
        ("bottle", None, 7, 4, 28),
    ]
    assert answer.json["points"] == 765
    assert given.balance(ledger.household(family.id)) == 765  # without a last day
    assert recyclers_money(given, recycler) == 10_000 - 765
    assert given.resident(family).get("/api/v1/sales").json["items"] == [answer.json]


def test_half_a_fen_of_a_line_is_rounded_up(recycler, sell):
    sold = sell(("textiles", "0.025", "kg"), ("textiles", "0.024", "kg"))

    assert [line["points"] for line in sold.json["lines"]] == [1, 0]


def test_the_bonuses_come_the_next_day_out_of_the_villages_budget(
    app, given, recycler, family, sell, morrow
):
    sell(("paper", "1.2", "kg"), ("glass", "1.5", "kg"), ("film", "0.6", "kg"))
    jobs.decide_bonuses()
    assert count(app, Award) == 0

    morrow()
    morrow()

    told = given.resident(family).get("/api/v1/awards").json["items"]
    assert sorted((row["rule"], row["points"], row["message"]) for row in told) == [
        ("low_value.bonus", 4, "卖玻璃、旧衣物或薄膜，另有奖励，得 4 分"),
        ("sale.weight_bonus", 6, "卖可回收物，按重量另奖，得 6 分"),
    ]
    assert given.balance(ledger.household(family.id, date(2027, 3, 31))) == 10
    assert given.balance(ledger.village_budget(family.village.id)) == 990


def test_the_nearest_recycler_pays(given, recycler, family, sell, entered, prepay):
    near = entered(family.village.town_id, "镇上收购站")
    prepay(near, 100)

    sell(("paper", "1", "kg"))

    assert (recyclers_money(given, near), recyclers_money(given, recycler)) == (30, 10_000)
    rows = given.staff(Role.FINANCE, given.county()).get("/api/v1/recyclers").json["items"]
    assert sorted((row["name"], row["balance_fen"]) for row in rows) == [
        ("清清再生资源公司", 10_000),
        ("镇上收购站", 30),
    ]


def test_without_the_recyclers_money_the_sale_is_refused_and_nothing_recorded(
    app, given, recycler, family, sell, sold, prices
):
    prices(price_mixed=80)
    sold(("mixed", "99", "kg"), ("bottle", 500), ("metal", "1", "kg"))  # 7,920 + 2,000 + 60
    other = given.household(village=family.village)

    refused = sell(("mixed", "1", "kg"), home=other)

    assert (refused.status_code, refused.json["code"]) == (409, "sales.recycler_out_of_money")
    assert refused.json["message"] == (
        "收购公司预付的钱不够，还差 0.60 元。东西请先不要收，等公司充值后再卖"
    )
    assert (count(app, Sale), count(app, SaleLine)) == (1, 3)
    assert recyclers_money(given, recycler) == 20
    assert given.spendable(other) == 0


def test_a_village_without_a_recycler_cannot_sell(app, family, sell):
    answer = sell(("paper", "1", "kg"))

    assert (answer.status_code, answer.json["code"]) == (409, "sales.no_recycler")
    assert count(app, Sale) == 0


def test_what_has_no_price_is_not_bought_but_low_value_goods_earn_their_bonus(
    app, given, recycler, family, sell, noon, morrow
):
    with app.app_context(), transaction():
        awards.add_policy(
            county_id=COUNTY,
            table=awards.Table(replace(Rules(), price_metal=0)),
            in_force_from=clock.day_of(noon()),
            made_by=None,
            approved_by=None,
            at=noon(),
        )

    refused = sell(("metal", "1", "kg"))
    glass = sell(("glass", "3", "kg"))
    morrow()

    assert (refused.status_code, refused.json["message"]) == (
        409,
        "废金属现在没有定价，请先不要收",
    )
    assert (glass.status_code, glass.json["points"]) == (201, 0)
    assert given.spendable(family) == 3 * 2 + 6
    assert recyclers_money(given, recycler) == 10_000


def test_a_days_limits_hold_over_all_sales(app, given, recycler, family, sell, noon):
    assert sell(("paper", "60", "kg"), photo=True).status_code == 201

    heavy = sell(("textiles", "40.001", "kg"))
    many = sell(("bottle", 501))

    assert (heavy.status_code, heavy.json["message"]) == (
        409,
        "这一户今天已经卖了 60000 克，一天最多 100000 克，请改天再卖",
    )
    assert (many.status_code, many.json["code"]) == (409, "sales.too_much_in_a_day")
    assert count(app, Sale) == 1
    assert sell(("textiles", "40", "kg"), photo=True).status_code == 201
    noon.move(days=1)
    collector = given.staff(Role.COLLECTOR, family.village.id)
    assert sell(("textiles", "60", "kg"), client=collector, photo=True).status_code == 201


def test_nobody_weighs_for_their_own_household(app, given, recycler, family, sell):
    user = given.user()
    given.grant(user, Role.COLLECTOR, family.village.id)
    own = given.resident(family, user_id=user)

    answer = sell(("paper", "1", "kg"), client=own)

    assert (answer.status_code, answer.json["code"]) == (403, "trust.same_household")
    assert count(app, Sale) == 0


def test_only_weighers_of_the_place_weigh(app, given, recycler, family, sell):
    elsewhere = given.staff(Role.COLLECTOR, given.village().id)
    # A clerk of the village's shop holds a role, and not one for the scale.
    admin = given.staff(Role.VILLAGE_ADMIN, family.village.id)

    assert sell(("paper", "1", "kg"), client=elsewhere).status_code == 404
    assert sell(("paper", "1", "kg"), client=admin).status_code == 403
    assert sell(("paper", "1", "kg"), client=app.test_client()).status_code == 401
    assert count(app, Sale) == 0


@pytest.mark.parametrize(
    "line",
    [
        {"material": "paper", "weight": "1.0001", "unit": "kg"},
        {"material": "paper", "weight": "0.001", "unit": "jin"},
        {"material": "paper", "weight": "0", "unit": "kg"},
        {"material": "paper", "weight": "-1", "unit": "kg"},
        {"material": "paper", "weight": "1e3", "unit": "kg"},
        {"material": "paper", "weight": 1.5, "unit": "kg"},
        {"material": "paper", "weight": "1", "unit": "t"},
        {"material": "paper", "pieces": 3},
        {"material": "bottle", "weight": "1", "unit": "kg"},
        {"material": "gold", "weight": "1", "unit": "kg"},
    ],
)
def test_what_is_not_a_weight_is_refused(app, recycler, family, keeper, line):
    answer = post(keeper, "sales", {"household_id": str(family.id), "lines": [line]})

    assert answer.status_code == 422
    assert count(app, Sale) == 0


def test_a_repeated_request_sells_once(app, given, recycler, family, sell):
    first = sell(("paper", "1", "kg"), key="the-same-slip")
    again = sell(("paper", "1", "kg"), key="the-same-slip")

    assert again.json == first.json
    assert count(app, Sale) == 1
    assert given.spendable(family) == 70


def test_lists_read_their_lines_at_once(recycler, family, keeper, sell, queries):
    for _ in range(5):
        sell(("paper", "0.5", "kg"), ("metal", "0.5", "kg"))

    with queries() as seen:
        rows = keeper.get("/api/v1/sales/weighed").json["items"]

    assert [len(row["lines"]) for row in rows] == [2] * 5
    assert len(seen) == 3  # the caller, sales, lines


def company(region_id, **changed):
    owner = {"owner_phone": "19900000777", "owner_name": "贺再生"}
    return {"region_id": str(region_id), "name": "清清再生资源公司"} | owner | changed


def test_a_region_has_one_recycler_and_only_a_county_admin_proposes_it(given, admin, recycler):
    body = company(given.county(), name="另一家公司")
    finance = given.staff(Role.FINANCE, given.county())

    assert post(admin, "recyclers", body).json["code"] == "sales.recycler_known"
    assert post(finance, "recyclers", body).status_code == 403
    elsewhere = given.village(county_id=990102)
    assert post(admin, "recyclers", company(elsewhere.id)).status_code == 404


def enrolled(app, noon, phone):
    with app.app_context(), transaction():
        owner = users.enrol_staff(
            county_id=COUNTY, phone=phone, name="贺再生", actor_id=None, at=noon()
        )
        return owner.id


def test_a_recycler_is_let_in_by_two_and_its_owner_is_told_and_close_to_neither(
    app, given, family, admin, one_person, noon
):
    county = given.county()
    auditor, other = given.staff(Role.AUDITOR, county), given.staff(Role.FINANCE, county)
    one_person(user_of(app, admin), enrolled(app, noon, "19900000777"))
    mine = post(admin, "recyclers", company(county))
    assert_refused(mine, 403, "trust.not_apart")  # an administrator is no recycler's owner
    given.grant(enrolled(app, noon, "19900000778"), Role.BOOTH_KEEPER, family.village.id)
    weighs = post(admin, "recyclers", company(county, owner_phone="19900000778"))
    assert_refused(weighs, 403, "trust.not_apart")

    proposal = post(admin, "recyclers", company(county, owner_phone="19900000779"))
    assert (proposal.status_code, proposal.json["state"]) == (202, "proposed")
    assert auditor.get("/api/v1/recyclers").json["items"] == []
    alone = agree(admin, proposal.json["id"])
    assert_refused(alone, 403, "trust.same_person")
    assert agree(other, proposal.json["id"]).status_code == 200

    (row,) = auditor.get("/api/v1/recyclers").json["items"]
    assert (row["name"], row["balance_fen"]) == ("清清再生资源公司", 0)
    with app.app_context():
        owner = db.session.scalars(select(Recycler.owner_id)).one()
        told = db.session.scalars(select(Notice.kind).where(Notice.user_id == owner)).all()
    assert sorted(told) == ["proposal_decided", "proposal_made"]


def test_after_its_day_two_people_take_a_sale_back_and_the_household_reads_why(
    given, recycler, family, sell, noon, admin
):
    sold = sell(("paper", "7", "kg"), photo=True).json
    noon.move(days=3)
    body = {"subject": "sale", "subject_id": sold["id"], "reason": "称的是别人家的纸"}
    other = given.staff(Role.COUNTY_ADMIN, given.county())

    asked = post(admin, "reversals", body)
    confirmed = post(other, f"reversals/{asked.json['id']}/confirmation")
    again = post(admin, "reversals", body)

    assert (confirmed.status_code, confirmed.json["moved"]) == (200, 490)
    assert again.json["code"] == "sales.undone"
    assert recyclers_money(given, recycler) == 10_000
    (told,) = given.resident(family).get("/api/v1/sales").json["items"]
    assert (told["state"], told["undone_because"]) == ("reversed", "称的是别人家的纸")


def test_a_sale_whose_points_are_spent_is_not_reversed(
    app, given, recycler, family, sell, noon, admin
):
    sold = sell(("paper", "7", "kg"), photo=True).json
    body = {"subject": "sale", "subject_id": sold["id"], "reason": "称的是别人家的纸"}
    asked = post(admin, "reversals", body).json
    with app.app_context(), transaction():
        ledger.spend(
            county_id=COUNTY,
            household_id=family.id,
            reference="given:spent",
            decided_at=noon(),
            kind=ledger.TransferKind.REDEMPTION,
            credit=ledger.shop(given.user()),
            amount=490,
        )
    other = given.staff(Role.COUNTY_ADMIN, given.county())

    answer = post(other, f"reversals/{asked['id']}/confirmation")

    assert (answer.status_code, answer.json["code"]) == (409, "sales.points_spent")
    assert recyclers_money(given, recycler) == 9_510


@pytest.fixture
def lies(app):
    """The questions of sales and awards that are answered with a lie, by name."""

    def run(connection=None):
        with app.app_context():
            asked = connection or db.session
            return {
                name
                for name, question in (QUESTIONS | AWARD_QUESTIONS | REVERSAL_QUESTIONS).items()
                if asked.execute(text(question)).all()
            }

    return run


@pytest.mark.parametrize(
    ("lie", "found"),
    [
        (
            "UPDATE sales SET points = points + 1",
            {"a_sale_is_the_sum_of_its_lines", "a_sale_moved_its_price"},
        ),
        ("UPDATE sale_lines SET price_fen = 71", {"a_line_has_the_price_of_its_policy"}),
        ("UPDATE sales SET recycler_id = id", {"a_sale_moved_its_price"}),
        ("UPDATE sales SET state = 'void'", {"a_sale_moved_its_price"}),
        (
            "UPDATE sales SET state = 'reversed'",
            {"a_sale_moved_its_price", "what_is_reversed_says_so"},
        ),
        (
            "UPDATE awards SET quantity = quantity + 1 WHERE source = 'sale'",
            {"a_bonus_is_by_what_was_weighed"},
        ),
        (
            "UPDATE awards SET quantity = quantity + 500 WHERE source = 'sale'",
            {"a_bonus_is_by_what_was_weighed", "an_award_rests_on_a_rule_of_its_policy"},
        ),
    ],
)
def test_the_proof_finds_an_altered_sale(
    app, committed, recycler, sell, morrow, lies, superuser, lie, found
):
    sell(("paper", "7", "kg"), photo=True)
    morrow()
    assert lies() == set()

    with superuser.connect() as connection, connection.begin() as undone:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        for check in ("sales_a_price_is_paid", "sales_undone_has_its_time"):
            name = check.partition("_")[0]
            connection.execute(text(f"ALTER TABLE {name} DROP CONSTRAINT ck_{check}"))
        connection.execute(
            text("ALTER TABLE sale_lines DROP CONSTRAINT ck_sale_lines_points_are_the_price")
        )
        connection.execute(text(lie))
        assert lies(connection) == found
        undone.rollback()


@pytest.mark.race("app.recycling.sales.rows.locked_sale")
def test_two_voids_at_once_give_the_points_back_once(
    app, committed, given, recycler, family, keeper, sell, noon, together
):
    sold, user = sell(("paper", "7", "kg"), photo=True).json, user_of(app, keeper)
    code = given.resident(family).get(f"/api/v1/sales/{sold['id']}/code").json["code"]

    def void():
        undoing.void(
            sale_id=UUID(sold["id"]),
            because="称错了",
            code=code,
            by=Caller(user, COUNTY),
            at=noon(),
        )

    assert together([void] * 4) == {"done": 1, "SaleUndone": 3}
    assert recyclers_money(given, recycler) == 10_000


def test_sales_at_once_keep_the_days_limits(
    app, committed, given, recycler, family, keeper, noon, together
):
    weigher = given.caller(Role.BOOTH_KEEPER, family.village.id, user_of(app, keeper))
    neighbour = given.household(village=family.village)

    def sell_forty(n):
        service.sell(
            household_id=(family, neighbour)[n % 2].id,
            weighed=[Weighed(Material.PAPER, 40_000)],
            photo=BytesIO(pictures.photo(n)),
            by=weigher,
            at=noon(),
        )

    outcomes = together([lambda n=n: sell_forty(n) for n in range(8)])

    assert outcomes == {"done": 4, "TooMuchInADay": 4}  # two for a household
    assert recyclers_money(given, recycler) == 10_000


def test_yeses_at_once_keep_the_recyclers_money(
    app, committed, given, recycler, family, sell, noon, together
):
    homes = [family, *(given.household(village=family.village) for _ in range(3))]
    waiting = [sell(("paper", "40", "kg"), home=home, photo=True).json["id"] for home in homes]

    def confirm(home, sale_id):
        by = Caller(user_of(app, given.resident(home)), COUNTY, household_id=home.id)
        return lambda: answering.confirm(sale_id=UUID(sale_id), by=by, at=noon())

    outcomes = together([confirm(*one) for one in zip(homes, waiting, strict=True)])

    assert outcomes == {"done": 3, "RecyclerOutOfMoney": 1}
    assert recyclers_money(given, recycler) == 10_000 - 3 * 2_800


@pytest.mark.race("app.recycling.sales.limits._take_turns")
def test_sales_at_once_keep_the_days_limit_of_who_weighs(
    app, committed, given, recycler, family, keeper, noon, together
):
    given.setting(SETTINGS, keeper_day_points=1_000)
    weigher = given.caller(Role.BOOTH_KEEPER, family.village.id, user_of(app, keeper))
    homes = [given.household(village=family.village) for _ in range(6)]

    def sell_six(home):
        service.sell(
            household_id=home.id,
            weighed=[Weighed(Material.PAPER, 6_000)],
            photo=None,
            by=weigher,
            at=noon(),
        )

    outcomes = together([lambda home=home: sell_six(home) for home in homes])

    assert outcomes == {"done": 2, "KeeperDayLimit": 4}
    assert recyclers_money(given, recycler) == 10_000 - 2 * 420
