"""What two people said of the bank's word, before that was a proposal, comes over whole."""

from uuid import UUID

import flask_migrate
import pytest
from sqlalchemy import text

from app.register.identity.roles import Role
from tests.given.http import post
from tests.given.proposals import agree, read
from tests.given.statements import day_of, file_of, line

BEFORE = "0039"
STRANGER = UUID(int=1)


@pytest.fixture
def whole_again(app, committed):
    yield
    with app.app_context():
        flask_migrate.upgrade()


@pytest.fixture
def lines(mall, counter, finance):
    """The ids of two lines that nobody understands."""
    told = (line(1, -900, purpose="手续费"), line(2, -800, purpose="手续费"))
    mall.take_in(file_of(*told, opening_fen=10_000))
    return [one["entry_id"] for one in day_of(finance)["differences"]]


@pytest.fixture
def moved(app, given, lines, finance, by_hand, whole_again):
    """One line was dismissed by two, one is proposed to be; then the table ends. Their ids."""
    admin = given.staff(Role.COUNTY_ADMIN, given.county())
    made = [
        post(
            finance,
            f"bank-statements/lines/{entry_id}/classification",
            {"entry_class": "dismissed", "reason": "银行的手续费"},
        ).json["id"]
        for entry_id in lines
    ]
    agree(admin, made[0])
    with app.app_context():
        flask_migrate.downgrade(revision=BEFORE)
    # As releases before wrote it.
    for new, old in (("propose", "propose_decision"), ("approve", "approve_decision")):
        by_hand(
            "UPDATE audit_events SET action = :old, subject_kind = 'bank_decision' "
            "WHERE subject_kind = 'proposal' AND action = :new",
            old=f"settlement.{old}",
            new=f"proposals.{new}",
        )
    by_hand("DELETE FROM audit_events WHERE subject_kind = 'proposal'")
    with app.app_context():
        flask_migrate.upgrade()
    return made


def test_the_auditor_reads_what_was_decided_before(app, given, moved):
    auditor = given.staff(Role.AUDITOR, given.county())

    decided = read(auditor, moved[0])

    assert (decided["state"], decided["title"]) == ("approved", "一笔银行流水的认定")
    assert decided["lines"][-2:] == [
        {"label": "认定", "before": "看过了，不入账", "after": "看过了，不入账"},
        {"label": "理由", "before": None, "after": "银行的手续费"},
    ]


def test_what_was_open_is_agreed_to_as_a_proposal(app, given, moved):
    admin = given.staff(Role.COUNTY_ADMIN, given.county())

    assert read(admin, moved[1])["lapses_at"] == "2026-06-08T04:00:00+00:00"
    assert agree(admin, moved[1]).json["state"] == "approved"


def test_the_proof_still_knows_who_decided_before(moved, altered):
    def another_name(connection):
        connection.execute(
            text("UPDATE proposals SET decided_by = :who WHERE id = :id"),
            {"who": STRANGER, "id": moved[0]},
        )

    assert altered(lambda connection: None) == set()
    assert altered(another_name) == {"a_proposal_names_who_is_on_the_trace"}


def test_a_line_that_two_people_spoke_of_is_still_held_to_it(moved, altered):
    def another_class(connection):
        connection.execute(
            text("UPDATE statement_entries SET entry_class = 'bank_only' WHERE is_agreed")
        )

    def nobody_spoke(connection):
        connection.execute(text("DELETE FROM proposals"))

    question = "what_two_people_said_of_a_line_is_so"
    assert altered(another_class) == {question}
    assert question in altered(nobody_spoke)
