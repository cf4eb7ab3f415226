"""Households hear 60, 30 and 7 days before points expire, each time once."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from app.kernel.db import db, transaction
from app.messages.notices import Notice
from app.points import ledger
from app.points.expiry import jobs, service
from tests.given.factories import COUNTY
from tests.given.times import china

LAST_DAY = date(2027, 3, 31)


@pytest.fixture
def night(noon):
    """The night on which so many days are left."""

    def run(days_left):
        day = LAST_DAY - timedelta(days=days_left)
        noon.at = china(day.year, day.month, day.day, 0, 30)
        jobs.give_notice()

    return run


@pytest.fixture
def told(app):
    """What the household was told: days left and points, in order."""

    def run(family):
        with app.app_context():
            rows = db.session.scalars(
                select(Notice)
                .where(Notice.household_id == family.id, Notice.kind == "points_expire")
                .order_by(Notice.id)
            ).all()
            assert {row.details["expires_on"] for row in rows} <= {"2027-03-31"}
            return [(row.details["days_left"], row.details["points"]) for row in rows]

    return run


def test_a_household_is_told_sixty_thirty_and_seven_days_before(given, night, told):
    family = given.household(points=30)

    for days_left in range(65, -1, -1):
        night(days_left)
        night(days_left)

    assert told(family) == [(60, 30), (30, 30), (7, 30)]


def test_nights_that_were_missed_are_made_up(given, night, told):
    family = given.household(points=30)

    night(45)
    night(5)

    assert told(family) == [(45, 30), (5, 30)]


def test_points_that_are_spent_or_never_expire_are_not_announced(app, given, noon, night, told):
    seller, spender = given.household(), given.household(points=30)
    given.points(seller, 30, expires_on=None)
    with app.app_context(), transaction():
        ledger.spend(
            county_id=COUNTY,
            household_id=spender.id,
            reference="redemption:1",
            decided_at=noon(),
            kind=ledger.TransferKind.REDEMPTION,
            credit=ledger.shop(spender.id),
            amount=30,
        )

    night(30)

    assert (told(seller), told(spender)) == ([], [])


def test_every_household_of_many_batches_is_told(given, night, told, monkeypatch):
    monkeypatch.setattr(service, "BATCH", 2)
    families = [given.household(points=1) for _ in range(5)]

    night(30)

    assert [told(family) for family in families] == [[(30, 1)]] * 5


def test_points_shows_what_expires_next_and_when(given, noon):
    family = given.household(points=30)
    given.points(family, 5, expires_on=date(2028, 3, 31))
    resident = given.resident(family)

    assert resident.get("/api/v1/points").json["expires_next"] == {
        "points": 30,
        "expires_on": "2027-03-31",
    }
