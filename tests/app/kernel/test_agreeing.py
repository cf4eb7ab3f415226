"""A row and the trace name the same people, or the question tells which do not."""

import pytest
from sqlalchemy import text

from app.kernel import audit
from app.kernel.audit.agreeing import of_two
from app.kernel.db import db, transaction
from tests.given.factories import COUNTY

QUESTION = of_two(
    "allotments",
    "allotment",
    made=["settlement.propose_allotment"],
    decided=["settlement.allotment_approved"],
)


@pytest.fixture
def approved(app, given, noon):
    """An allotment that two people made, as the services write it."""
    village, maker, decider = given.village(), given.user(), given.user()
    row = {"county": COUNTY, "village": village.id, "maker": maker, "decider": decider}
    with app.app_context(), transaction():
        row["id"] = db.session.scalar(
            text(
                "INSERT INTO allotments (county_id, id, village_id, amount_fen, state, proposed_by,"
                " proposed_at, decided_by, decided_at) VALUES (:county, gen_random_uuid(),"
                " :village, 100, 'approved', :maker, :at, :decider, :at) RETURNING id"
            ),
            row | {"at": noon()},
        )
        for action, actor in (("propose_allotment", maker), ("allotment_approved", decider)):
            traced(f"settlement.{action}", actor, row["id"], noon())
    return row


def traced(action, actor, allotment, at):
    subject = ("allotment", allotment)
    audit.record(action, county_id=COUNTY, actor_id=actor, subject=subject, at=at)


def lies():
    return sorted(problem for _, _, problem in db.session.execute(text(QUESTION)))


def test_what_two_people_did_agrees_with_the_trace(app, approved):
    with app.app_context():
        assert lies() == []


def test_a_deed_of_somebody_else_is_found(app, given, approved, noon):
    with app.app_context(), transaction():
        traced("settlement.allotment_approved", given.user(), approved["id"], noon())

        assert lies() == ["settlement.allotment_approved was done by somebody else"]


def test_a_deed_whose_row_is_gone_is_found(app, given, approved, noon):
    with app.app_context(), transaction():
        traced("settlement.propose_allotment", given.user(), given.user(), noon())

        assert lies() == ["settlement.propose_allotment was done by somebody else"]


def test_a_row_that_nobody_made_by_the_product_is_found(app, approved):
    with app.app_context(), transaction():
        db.session.execute(
            text(
                "INSERT INTO allotments (county_id, id, village_id, amount_fen, state, proposed_by,"
                " proposed_at, decided_by, decided_at) SELECT county_id, gen_random_uuid(),"
                " village_id, 900, state, proposed_by, proposed_at, decided_by, decided_at"
                " FROM allotments"
            )
        )

        assert lies() == ["the trace knows nothing of who it names"] * 2
