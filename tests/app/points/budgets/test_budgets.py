"""Villages see how far their money reaches, and hear of it when it runs low."""

import pytest
from sqlalchemy import select

from app.kernel.db import db, transaction
from app.messages.notices import Notice
from app.points import ledger
from app.points.awards import Rule
from app.points.awards import jobs as award_jobs
from app.points.budgets import jobs
from app.register.identity.roles import Role
from tests.given.factories import COUNTY


@pytest.fixture
def family(given):
    """A household in a village that was allotted 100."""
    village = given.village("前进村")
    given.budget(village, 100)
    return given.household(village=village)


@pytest.fixture
def admin(given, family):
    return given.staff(Role.VILLAGE_ADMIN, family.village.id)


def of_village(client, village):
    items = client.get("/api/v1/budgets").json["items"]
    return next(item for item in items if item["village_id"] == str(village.id))


@pytest.fixture
def use(app, given, noon):
    """Awards to a household of the village, as one sum."""

    def run(village, points):
        family = given.household(village=village)
        with app.app_context(), transaction():
            ledger.post(
                county_id=COUNTY,
                reference=f"award:{family.id}",
                decided_at=noon(),
                kind=ledger.TransferKind.AWARD,
                debit=ledger.village_budget(village.id),
                credit=ledger.household(family.id),
                amount=points,
            )

    return run


@pytest.fixture
def warned(app):
    """To whom the village's low budget was told, and with what left."""

    def run(village):
        jobs.warn_of_low_budgets()
        jobs.warn_of_low_budgets()
        with app.app_context():
            rows = db.session.scalars(
                select(Notice)
                .where(Notice.kind == "budget_low", Notice.region_id == village.id)
                .order_by(Notice.written_at, Notice.role)
            ).all()
            return [(row.role, row.details["left_fen"]) for row in rows]

    return run


def test_a_village_sees_its_budget(admin, family, decide):
    decide(family, Rule.CHECKED_A)
    decide(family, Rule.SELF_CHECK)

    shown = of_village(admin, family.village)

    town = shown.pop("town")
    assert town.endswith("号镇")
    assert shown == {
        "village_id": str(family.village.id),
        "village": "前进村",
        "households": 1,
        "allotted_fen": 100,
        "used_fen": 15,
        "left_fen": 85,
        "used_percent": 15,
        "is_low": False,
        "waiting_count": 0,
        "waiting_points": 0,
        "days_left_by_caps": 85 * 30 // 246,
        "days_left_by_trend": 85 * 1 // 15,  # all of it was earned on its first day
    }


def test_the_trend_is_that_of_the_last_four_weeks(admin, family, decide, noon):
    decide(family, Rule.CHECKED_A)  # 30 days ago
    noon.move(days=10)
    decide(family, Rule.CHECKED_A)  # 20 days ago
    noon.move(days=20)

    assert of_village(admin, family.village)["days_left_by_trend"] == 80 * 28 // 10


def test_what_waits_is_shown_and_counts_against_what_is_left(given, decide):
    village = given.village()
    given.budget(village, 12)
    family = given.household(village=village)
    decide(family, Rule.CHECKED_A)
    decide(family, Rule.SELF_CHECK)

    shown = of_village(given.staff(Role.VILLAGE_ADMIN, village.id), village)

    assert (shown["left_fen"], shown["waiting_count"], shown["waiting_points"]) == (2, 1, 5)
    assert (shown["days_left_by_caps"], shown["days_left_by_trend"]) == (0, 0)
    given.budget(village, 100)
    award_jobs.pay_waiting()
    shown = of_village(given.staff(Role.VILLAGE_ADMIN, village.id), village)
    assert (shown["allotted_fen"], shown["used_fen"], shown["waiting_count"]) == (112, 15, 0)


def test_at_eighty_percent_people_are_told_once(admin, given, family, use, warned):
    use(family.village, 79)
    assert warned(family.village) == []
    assert of_village(admin, family.village)["is_low"] is False

    use(family.village, 1)

    told = [(Role.FINANCE, 20), (Role.VILLAGE_ADMIN, 20)]
    assert warned(family.village) == told
    assert of_village(admin, family.village)["is_low"] is True
    use(family.village, 10)
    assert warned(family.village) == told


def test_a_new_allotment_is_a_new_level(admin, given, family, use, warned, noon):
    use(family.village, 90)
    assert len(warned(family.village)) == 2
    noon.move(days=1)

    given.budget(family.village, 40)  # 50 are there now
    assert of_village(admin, family.village)["is_low"] is False
    assert len(warned(family.village)) == 2
    use(family.village, 40)

    assert of_village(admin, family.village)["used_percent"] == 80
    assert warned(family.village)[2:] == [(Role.FINANCE, 10), (Role.VILLAGE_ADMIN, 10)]


def test_a_village_without_money_is_not_warned_of(given, warned):
    village = given.village()

    assert warned(village) == []
    shown = of_village(given.staff(Role.VILLAGE_ADMIN, village.id), village)
    assert (shown["allotted_fen"], shown["used_percent"], shown["is_low"]) == (0, 0, False)
    assert (shown["days_left_by_caps"], shown["days_left_by_trend"]) == (None, None)


def test_each_sees_the_villages_of_their_area(given, family):
    other = given.village()
    seen = {}
    for role, place in (
        (Role.VILLAGE_ADMIN, family.village.id),
        (Role.TOWN_ADMIN, other.town_id),
        (Role.COUNTY_ADMIN, given.county()),
        (Role.FINANCE, given.county()),
    ):
        items = given.staff(role, place).get("/api/v1/budgets").json["items"]
        seen[role] = {item["village_id"] for item in items}

    near, far = str(family.village.id), str(other.id)
    assert seen == {
        Role.VILLAGE_ADMIN: {near},
        Role.TOWN_ADMIN: {far},
        Role.COUNTY_ADMIN: {near, far},
        Role.FINANCE: {near, far},
    }


READERS = {Role.VILLAGE_ADMIN, Role.TOWN_ADMIN, Role.COUNTY_ADMIN, Role.FINANCE, Role.AUDITOR}


@pytest.mark.parametrize("role", sorted(set(Role) - READERS))
def test_nobody_else_sees_budgets(role, given):
    assert given.staff(role, given.county()).get("/api/v1/budgets").status_code == 403


def test_the_number_of_queries_does_not_grow_with_the_villages(given, queries, family):
    finance = given.staff(Role.FINANCE, given.county())
    with queries() as few:
        finance.get("/api/v1/budgets")
    for _ in range(5):
        given.budget(given.village(), 10)
    with queries() as many:
        finance.get("/api/v1/budgets")

    assert len(many) == len(few)


def test_the_command_prints_the_forecast(app, family, decide):
    decide(family, Rule.CHECKED_A)

    told = app.test_cli_runner().invoke(args=["budget", "forecast", "--county", str(COUNTY)])

    assert told.exit_code == 0, told.output
    (line,) = [line for line in told.output.splitlines() if "前进村" in line]
    assert line.split(": ", 1)[1] == (
        "已拨 1.00 元，已用 0.10 元，剩余 0.90 元，等发放 0 笔 0.00 元；"
        "按上限 够 10 天，按近四周 够 9 天"
    )


def test_the_command_refuses_an_unknown_county(app, family):
    told = app.test_cli_runner().invoke(args=["budget", "forecast", "--county", "110000"])

    assert told.exit_code == 1
    assert told.output.startswith("Error: ")
