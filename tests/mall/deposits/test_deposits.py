"""A recycler's money: a line of the bank's statement, named by one person, moved by another."""

from uuid import UUID

import pytest
from sqlalchemy import select, text

from app.kernel import clock
from app.kernel.db import db
from app.points import ledger
from app.register.identity.roles import Role
from mall.deposits import service
from mall.deposits.proof import QUESTIONS
from mall.settlement.models import StatementEntry
from tests.given.factories import COUNTY
from tests.given.http import assert_refused, post, user_of


@pytest.fixture
def line(app, given, mall, books, statement, noon) -> StatementEntry:
    """The line on which the bank shows 500 yuan that came in."""
    given.county()
    books.deposit(50_000, name="清清再生资源公司", account="622848999", purpose="预付收购款")
    mall.take_in(statement(clock.day_of(noon())))
    with app.app_context():
        return db.session.scalars(
            select(StatementEntry).where(StatementEntry.amount_fen == 50_000)
        ).one()


@pytest.fixture
def checker(given):
    return given.staff(Role.COUNTY_ADMIN, given.county())


def proposed(client, recycler, line):
    body = {"recycler_id": recycler, "statement_entry_id": str(line.id)}
    return post(client, "deposits", body)


def money(given, recycler) -> int:
    return given.balance(ledger.recycler(UUID(recycler)))


def test_a_second_person_gives_the_bank_lines_amount_to_the_recycler(
    given, finance, checker, recycler, line
):
    reserve = given.balance(ledger.reserve())
    deposit = proposed(finance, recycler, line)
    assert money(given, recycler) == 10_000

    approved = post(checker, f"deposits/{deposit.json['id']}/approval")

    assert (deposit.status_code, deposit.json["amount_fen"]) == (201, line.amount_fen)
    assert (approved.status_code, approved.json["state"]) == (200, "approved")
    assert money(given, recycler) == 10_000 + line.amount_fen
    assert given.balance(ledger.reserve()) == reserve - line.amount_fen
    assert checker.get("/api/v1/deposits").json == {"items": [approved.json], "next": None}


def test_an_auditor_reads_deposits_and_recyclers_and_decides_nothing(
    given, finance, recycler, line
):
    deposit = proposed(finance, recycler, line).json
    auditor = given.staff(Role.AUDITOR, given.county())

    assert auditor.get("/api/v1/deposits").json["items"] == [deposit]
    (row,) = auditor.get("/api/v1/recyclers").json["items"]
    assert (row["id"], row["balance_fen"]) == (recycler, 10_000)
    assert post(auditor, f"deposits/{deposit['id']}/approval").status_code == 403
    assert money(given, recycler) == 10_000


def test_nobody_approves_what_they_proposed(given, finance, recycler, line):
    deposit = proposed(finance, recycler, line).json

    answer = post(finance, f"deposits/{deposit['id']}/approval")

    assert_refused(answer, 403, "forbidden")
    assert money(given, recycler) == 10_000


def test_a_line_is_one_deposit_and_may_be_named_again_once_declined(
    given, finance, checker, recycler, line
):
    first = proposed(finance, recycler, line).json

    second = proposed(finance, recycler, line)
    declined = post(checker, f"deposits/{first['id']}/refusal")
    third = proposed(finance, recycler, line)
    decided = post(checker, f"deposits/{first['id']}/approval")

    assert (second.status_code, second.json["code"]) == (409, "deposits.entry_taken")
    assert (declined.json["state"], third.status_code) == ("declined", 201)
    assert decided.json["code"] == "decisions.decided"
    assert money(given, recycler) == 10_000


def test_what_was_allotted_meanwhile_cannot_move(app, given, finance, checker, recycler, line):
    deposit = proposed(finance, recycler, line).json
    village = given.village()
    left = given.balance(ledger.reserve())
    allotment = post(finance, "allotments", {"village_id": str(village.id), "amount_fen": left})
    post(checker, f"allotments/{allotment.json['id']}/approval")

    answer = post(checker, f"deposits/{deposit['id']}/approval")

    assert (answer.status_code, answer.json["code"]) == (409, "deposits.reserve_too_small")
    assert money(given, recycler) == 10_000


def test_only_money_of_the_statement_and_recyclers_of_the_area(app, given, finance, recycler, line):
    no_line = post(finance, "deposits", {"recycler_id": recycler, "statement_entry_id": recycler})
    elsewhere = given.staff(Role.FINANCE, given.village().id)

    assert (no_line.status_code, no_line.json["code"]) == (404, "deposits.no_such_funding")
    assert proposed(elsewhere, recycler, line).json["code"] == "deposits.recycler_not_found"
    assert proposed(given.visitor(), recycler, line).status_code == 403
    assert proposed(app.test_client(), recycler, line).status_code == 401
    assert post(finance, "deposits", {"recycler_id": 1}).status_code == 422


@pytest.mark.race("mall.agreed_moves.service.decide")
def test_two_approvals_at_once_move_it_once(
    app, committed, given, finance, checker, recycler, line, noon, together
):
    deposit = proposed(finance, recycler, line).json
    user = user_of(app, checker)

    def approve():
        service.approve(
            county_id=COUNTY,
            deposit_id=UUID(deposit["id"]),
            within=[given.county()],
            approved_by=user,
            at=noon(),
        )

    assert together([approve] * 6) == {"done": 1, "AlreadyDecided": 5}
    assert money(given, recycler) == 10_000 + line.amount_fen


def lies(connection):
    return {
        name for name, question in QUESTIONS.items() if connection.execute(text(question)).all()
    }


@pytest.mark.parametrize(
    "lie",
    [
        "UPDATE deposits SET amount_fen = amount_fen + 1",
        "UPDATE deposits SET state = 'proposed', decided_by = NULL, decided_at = NULL",
        "UPDATE statement_entries SET amount_fen = amount_fen + 1",
    ],
)
def test_the_proof_finds_an_altered_deposit(
    committed, given, finance, checker, mall, line, entered, superuser, lie
):
    recycler = entered(given.county())
    deposit = proposed(finance, recycler, line).json
    post(checker, f"deposits/{deposit['id']}/approval")
    with superuser.connect() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        assert lies(connection) == set()

        connection.execute(text(lie))

        assert lies(connection) >= {"a_deposit_is_the_banks_line_and_moved_once"}
        connection.rollback()


def test_two_of_finance_move_nothing(given, finance, recycler, line):
    deposit = proposed(finance, recycler, line).json
    colleague = given.staff(Role.FINANCE, given.county())

    answer = post(colleague, f"deposits/{deposit['id']}/approval")

    assert_refused(answer, 403, "forbidden")
    assert money(given, recycler) == 10_000


@pytest.mark.parametrize(("payer", "is_other"), [("清清再生资源公司", False), ("某某建材店", True)])
def test_the_recyclers_agents_are_told_and_the_auditor_where_another_paid(
    payer, is_other, app, given, mall, books, statement, noon, finance, checker, recycler
):
    agent = given.staff(Role.RECYCLER_AGENT, given.county())
    auditor = given.staff(Role.AUDITOR, given.county())
    books.deposit(50_000, name=payer, account="622848999", purpose="预付收购款")
    mall.take_in(statement(clock.day_of(noon())))
    with app.app_context():
        of_it = select(StatementEntry).where(StatementEntry.amount_fen == 50_000)
        line = db.session.scalars(of_it).one()

    deposit = proposed(finance, recycler, line).json
    post(checker, f"deposits/{deposit['id']}/approval")

    said = "清清再生资源公司的预付款到账 500.00 元，可以用来收可回收物"
    if is_other:
        said += "。银行流水上付款的是“某某建材店”，和公司名字不一样，请核对"
    read = [
        [one["sentence"] for one in who.get("/api/v1/notices").json["items"]]
        for who in (agent, auditor)
    ]
    assert [said in sentences for sentences in read] == [True, is_other]
