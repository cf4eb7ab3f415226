"""Accounts of the ledger, what happens on them, and their owner in the database."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from uuid import uuid4

import pytest
from sqlalchemy import create_engine

from app.kernel.db import transaction
from app.points import ledger
from tests.given.factories import COUNTY
from tests.given.ledger import HELD_AS, LATER, SHOP, SOON


@pytest.fixture
def owner(app):
    """An engine of the role that owns the tables; each statement is a transaction."""
    engine = create_engine(app.config["SETTINGS"].database_owner_url, isolation_level="AUTOCOMMIT")
    yield engine
    engine.dispose()


@pytest.fixture
def a_row_in_every_table(app, committed, given, noon):
    """A row in every table of the ledger."""
    from app.points.ledger import jobs

    family, shop = given.household(points=100), ledger.shop(uuid4())
    with app.app_context(), transaction():
        at = {"county_id": COUNTY, "decided_at": noon()}
        ledger.spend(
            household_id=family.id,
            reference="redemption:1",
            kind=ledger.TransferKind.REDEMPTION,
            credit=shop,
            amount=100,
            **at,
        )
        held = ledger.hold(
            reference="cash_out:1",
            kind=ledger.TransferKind.CASH_OUT,
            debit=shop,
            credit=ledger.payout_in_flight(),
            amount=60,
            expires_at=None,
            **at,
        )
        ledger.release(hold_id=held.id, reference="cash_out:1:released", **at)
    with app.app_context():
        jobs.seal_committed()


@pytest.fixture
def home(given):
    """A household with 30 points that end soon, 20 later and 50 never."""
    family = given.household(points=30)
    given.points(family, 20, expires_on=LATER)
    given.points(family, 50, expires_on=None)
    return family


@pytest.fixture
def hold_points(app, noon):
    def run(family, amount, reference=HELD_AS, at=None, credit=None):
        with app.app_context(), transaction():
            return ledger.hold_points(
                county_id=COUNTY,
                household_id=family.id,
                reference=reference,
                decided_at=at or noon(),
                kind=ledger.TransferKind.REDEMPTION,
                credit=credit or ledger.shop(SHOP),
                amount=amount,
                expires_at=None,
            )

    return run


@pytest.fixture
def resolve_points(app, noon):
    """Settle what was held with an amount, or release it with 0."""
    begun = noon()

    def run(amount, reference="order:1:handed_over", held_as=HELD_AS, held_at=None):
        named = {"held_as": held_as, "held_at": held_at or begun}
        named |= {"reference": reference, "decided_at": noon()}
        with app.app_context(), transaction():
            if amount:
                return ledger.settle_points(county_id=COUNTY, amount=amount, **named)
            return ledger.release_points(county_id=COUNTY, **named)

    return run


@pytest.fixture
def buckets(app):
    """What is on each account of the household, and held: soon, later, never."""

    def read(family):
        with app.app_context():
            stands = [
                ledger.balance(COUNTY, ledger.household(family.id, day))
                for day in (SOON, LATER, None)
            ]
        return [(one.posted, one.held) for one in stands]

    return read


@pytest.fixture
def shop_with(app, given, noon):
    """A shop that has taken this many points."""

    def make(amount):
        family = given.household(points=amount)
        with app.app_context(), transaction():
            ledger.spend(
                county_id=COUNTY,
                household_id=family.id,
                reference="redemption:1",
                decided_at=noon(),
                kind=ledger.TransferKind.REDEMPTION,
                credit=ledger.shop(SHOP),
                amount=amount,
            )

    return make


@pytest.fixture
def hold(app, noon):
    def make(amount, reference="cash_out:1:hold"):
        with app.app_context(), transaction():
            return ledger.hold(
                county_id=COUNTY,
                reference=reference,
                decided_at=noon(),
                kind=ledger.TransferKind.CASH_OUT,
                debit=ledger.shop(SHOP),
                credit=ledger.payout_in_flight(),
                amount=amount,
                expires_at=None,
            )

    return make


@pytest.fixture
def resolve(app, noon):
    """Settle a hold with an amount, or release it with 0."""

    def make(hold_id, amount, reference="cash_out:1:settled"):
        command = ledger.settle if amount else ledger.release
        with app.app_context(), transaction():
            return command(
                county_id=COUNTY,
                hold_id=hold_id,
                reference=reference,
                decided_at=noon(),
                **({"amount": amount} if amount else {}),
            )

    return make


@pytest.fixture
def act(app):
    """Run a command of the ledger in a transaction of its own."""

    def run(command, **arguments):
        with app.app_context(), transaction():
            return command(county_id=COUNTY, **arguments)

    return run


@pytest.fixture
def books(app, committed, given, noon):
    """A small committed history: awards, a payment, a settled, a released and an open hold."""
    family = given.household(points=100)
    given.points(family, 50, expires_on=date(2028, 3, 31))
    with app.app_context(), transaction():
        ledger.spend(
            county_id=COUNTY,
            household_id=family.id,
            reference="redemption:1",
            decided_at=noon(),
            kind=ledger.TransferKind.REDEMPTION,
            credit=ledger.shop(SHOP),
            amount=120,
        )
        holds = [
            ledger.hold(
                county_id=COUNTY,
                reference=f"cash_out:{n}",
                decided_at=noon(),
                kind=ledger.TransferKind.CASH_OUT,
                debit=ledger.shop(SHOP),
                credit=ledger.payout_in_flight(),
                amount=30,
                expires_at=None,
            ).id
            for n in range(3)
        ]
        ledger.settle(
            county_id=COUNTY, hold_id=holds[0], reference="s", decided_at=noon(), amount=20
        )
        ledger.release(county_id=COUNTY, hold_id=holds[1], reference="r", decided_at=noon())


@pytest.fixture
def together(app, committed):
    """Run one piece of work a thread, each in its own transaction; returns outcomes by name."""

    def run(works):
        def attempt(work):
            try:
                with app.app_context(), transaction():
                    work()
            except (
                ledger.InsufficientPoints,
                ledger.HoldResolved,
                ledger.ReferenceReused,
            ) as refusal:
                return type(refusal).__name__
            return "done"

        with ThreadPoolExecutor(32) as pool:
            outcomes = list(pool.map(attempt, works))
        return {name: outcomes.count(name) for name in set(outcomes)}

    return run
