"""Points leave on the night after their last day, once, and go back to the county."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
from sqlalchemy import select

from app.kernel.audit.models import AuditEvent
from app.kernel.db import db, transaction
from app.kernel.ids import derived_uuid7
from app.points import awards, ledger
from app.points.awards import jobs as award_jobs
from app.points.awards.models import Evidence
from app.points.expiry import jobs, service
from app.register.identity.roles import Role
from tests.given.factories import COUNTY
from tests.given.times import china

LAST_DAY = date(2027, 3, 31)
THAT_NIGHT = datetime(2027, 3, 31, 16, 10, tzinfo=UTC)  # ten past midnight in China
SHOP = uuid4()


@pytest.fixture
def spend(app, noon):
    def run(family, points):
        with app.app_context(), transaction():
            ledger.spend(
                county_id=COUNTY,
                household_id=family.id,
                reference=f"redemption:{uuid4()}",
                decided_at=noon(),
                kind=ledger.TransferKind.REDEMPTION,
                credit=ledger.shop(SHOP),
                amount=points,
            )

    return run


@pytest.fixture
def history(app):
    """Kind and amount of the household's transfers, oldest first."""

    def run(family):
        with app.app_context():
            rows = ledger.history(
                COUNTY, kind=ledger.AccountKind.HOUSEHOLD, owner=family.id, limit=100
            )
            return [(row.kind.value, row.amount) for row in reversed(rows)]

    return run


def test_case_t11_an_old_lot_leaves_once_and_later_spending_is_not_subtracted_twice(
    app, given, noon, spend, history
):
    noon.at = china(2025, 11, 1, 12)
    village = given.village()
    given.budget(village, 1_000)
    family = given.household(village=village)
    reviewer = given.user()

    def earn():
        event = awards.Event(
            household_id=family.id,
            village_id=village.id,
            rule=awards.Rule.CHECKED_A,
            evidence_kind=Evidence.CHECK,
            evidence_id=uuid4(),
            happened_at=noon(),
        )
        with app.app_context(), transaction():
            awards.decide(
                county_id=COUNTY,
                events=[event],
                decided_by=reviewer,
                decided_as=Role.LIAISON,
                at=noon(),
            )

    earn()
    noon.at = china(2026, 3, 31, 23, 59)
    assert given.spendable(family) == 10
    noon.at = china(2026, 4, 1, 0, 0)
    with app.app_context():
        assert ledger.household_points(COUNTY, family.id, day=date(2026, 4, 1)) == 0
    noon.at = china(2026, 4, 1, 0, 10)
    jobs.expire_points()
    noon.at = china(2026, 4, 1, 12)
    earn()
    assert given.spendable(family) == 10
    noon.move(hours=1)
    spend(family, 4)
    noon.at = china(2026, 4, 2, 0, 10)
    jobs.expire_points()
    jobs.expire_points()

    assert given.spendable(family) == 6
    assert history(family) == [("award", 10), ("expiry", -10), ("award", 10), ("redemption", -4)]
    assert given.balance(ledger.reserve()) == 10
    assert given.balance(ledger.village_budget(village.id)) == 980


def test_on_the_last_day_nothing_leaves(given, noon):
    family = given.household(points=30)
    noon.at = china(2027, 3, 31, 23, 59)

    jobs.expire_points()

    assert given.balance(ledger.household(family.id, LAST_DAY)) == 30


def test_what_expires_goes_back_to_the_reserve_in_one_sum(app, given, noon):
    families = [given.household(points=points) for points in (30, 12, 7)]
    reserve = given.balance(ledger.reserve())
    noon.at = THAT_NIGHT

    jobs.expire_points()

    assert [given.balance(ledger.household(f.id, LAST_DAY)) for f in families] == [0, 0, 0]
    assert given.balance(ledger.expired()) == 0
    assert given.balance(ledger.reserve()) == reserve + 49
    with app.app_context():
        (event,) = db.session.scalars(
            select(AuditEvent).where(AuditEvent.action == "expiry.expire")
        ).all()
        assert event.details == {"accounts": 3, "points": 49}


def test_a_night_that_was_missed_is_made_up(given, noon):
    family = given.household(points=30)
    noon.at = china(2027, 6, 1, 0, 10)

    jobs.expire_points()

    assert given.balance(ledger.household(family.id, LAST_DAY)) == 0


def test_sale_points_never_expire(given, noon):
    family = given.household(points=30)
    given.points(family, 12, expires_on=None)
    noon.at = china(2028, 12, 31, 0, 10)

    jobs.expire_points()

    assert given.balance(ledger.household(family.id)) == 12
    assert given.spendable(family) == 12


def test_a_frozen_account_expires_once_it_is_thawed(app, given, noon):
    family, neighbour = given.household(points=30), given.household(points=5)
    account = ledger.household(family.id, LAST_DAY)
    with app.app_context(), transaction():
        ledger.freeze(county_id=COUNTY, account=account)
    noon.at = THAT_NIGHT
    jobs.expire_points()
    assert given.balance(account) == 30
    assert given.balance(ledger.household(neighbour.id, LAST_DAY)) == 0

    with app.app_context(), transaction():
        ledger.thaw(county_id=COUNTY, account=account)
    jobs.expire_points()

    assert given.balance(account) == 0


def test_what_comes_back_into_an_expired_account_expires_the_next_time(app, given, noon, spend):
    family = given.household(points=30)
    spend(family, 10)
    noon.at = THAT_NIGHT
    jobs.expire_points()
    with app.app_context(), transaction():
        ledger.post(
            county_id=COUNTY,
            reference="void:1",
            decided_at=noon(),
            kind=ledger.TransferKind.VOID,
            debit=ledger.shop(SHOP),
            credit=ledger.household(family.id, LAST_DAY),
            amount=10,
        )

    jobs.expire_points()

    assert given.balance(ledger.household(family.id, LAST_DAY)) == 0
    assert given.balance(ledger.reserve()) == 30


def test_a_night_goes_on_batch_by_batch(app, given, noon, monkeypatch):
    monkeypatch.setattr(service, "BATCH", 2)
    families = [given.household(points=1) for _ in range(5)]
    noon.at = THAT_NIGHT

    with app.app_context(), transaction():
        first = service.expire(county_id=COUNTY, day=date(2027, 4, 1), after=0, at=noon())
    jobs.expire_points()

    assert (first.accounts, first.points) == (2, 2)
    assert sum(given.balance(ledger.household(f.id, LAST_DAY)) for f in families) == 0
    assert given.balance(ledger.reserve()) == 5


def test_two_nights_at_once_move_each_point_once(app, committed, given, noon):
    given.household(points=1)
    noon.at = THAT_NIGHT
    jobs.expire_points()  # the county's account is open: nobody takes turns at that
    families = [given.household(points=10) for _ in range(100)]

    def night(_):
        with app.app_context(), transaction():
            day = date(2027, 4, 1)
            return service.expire(county_id=COUNTY, day=day, after=0, at=noon()).points

    with ThreadPoolExecutor(8) as pool:
        points = list(pool.map(night, range(8)))

    assert sum(points) == 1_000
    assert given.balance(ledger.reserve()) == 1_001
    assert all(given.balance(ledger.household(f.id, LAST_DAY)) == 0 for f in families)


def test_money_that_comes_after_the_last_day_still_gives_points_to_spend(app, given, noon):
    """An award of 2026 that its village could pay only in April 2027 lasts until March 2028."""
    family = given.household(village=given.village())
    reviewer = given.user()
    event = awards.Event(
        household_id=family.id,
        village_id=family.village.id,
        rule=awards.Rule.CHECKED_A,
        evidence_kind=Evidence.CHECK,
        evidence_id=uuid4(),
        happened_at=noon(),
    )
    with app.app_context(), transaction():
        awards.decide(
            county_id=COUNTY,
            events=[event],
            decided_by=reviewer,
            decided_as=Role.LIAISON,
            at=noon(),
        )
    noon.at = china(2027, 4, 1, 12)
    given.budget(family.village, 100)

    award_jobs.pay_waiting()

    assert given.balance(ledger.household(family.id, date(2028, 3, 31))) == 10


def test_a_list_that_is_out_of_date_moves_nothing_twice(app, given, noon, spend):
    """The same transfer is asked for again after other points came into the account."""
    family = given.household(points=30)
    spend(family, 10)
    noon.at = THAT_NIGHT
    transfer = derived_uuid7(noon(), "expiry:1")

    def expire():
        moved = db.session.connection().exec_driver_sql(
            "SELECT amount FROM ledger.expire"
            "(%s, %s, %s::uuid[], %s::date[], %s::uuid[], %s::text[])",
            (COUNTY, date(2027, 4, 1), [family.id], [LAST_DAY], [transfer], ["expiry:1"]),
        )
        return [amount for (amount,) in moved]

    with app.app_context(), transaction():
        assert expire() == [20]
        ledger.post(
            county_id=COUNTY,
            reference="void:1",
            decided_at=noon(),
            kind=ledger.TransferKind.VOID,
            debit=ledger.shop(SHOP),
            credit=ledger.household(family.id, LAST_DAY),
            amount=10,
        )
        assert expire() == []

    assert given.balance(ledger.household(family.id, LAST_DAY)) == 10


def test_the_application_cannot_expire_what_is_not_due(app, given):
    """The database itself compares the day, whatever the caller names."""
    family = given.household(points=30)

    with app.app_context(), transaction():
        moved = db.session.connection().exec_driver_sql(
            "SELECT * FROM ledger.expire(%s, %s, %s::uuid[], %s::date[], %s::uuid[], %s::text[])",
            (COUNTY, LAST_DAY, [family.id], [LAST_DAY], [uuid4()], ["expiry:x"]),
        )
        assert moved.fetchall() == []

    assert given.spendable(family) == 30
