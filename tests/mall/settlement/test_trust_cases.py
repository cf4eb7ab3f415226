"""What one person can do with the bank's word: known answers, each under its number."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select

from app.agreements.proposals.service import approve
from app.kernel.db import db, transaction
from app.kernel.jobs import BANK_QUEUE, queue
from app.outside.bank import desk
from app.outside.bank.csv_files import CsvFiles
from app.outside.bank.desk import gateway as desk_gateway
from app.register.identity.roles import Role
from mall.settlement import jobs, proof, proposals, queries
from mall.settlement import service as settlement
from mall.settlement.models import CashOutState, StatementEntry
from mall.settlement.settings import SETTINGS
from sandbox import bank_files
from sandbox.bank_books import Fate
from tests.given.bank_files import upload_results
from tests.given.factories import COUNTY
from tests.given.http import assert_refused, post, user_of
from tests.given.proposals import agree
from tests.given.statements import DAY, EVE, day_of, file_of, line, upload

MAY_30 = date(2026, 5, 30)
OTHER_COUNTY = 990102


@pytest.fixture
def abroad(given):
    """The client of a finance officer of another county only."""
    return given.staff(Role.FINANCE, given.county(OTHER_COUNTY), OTHER_COUNTY)


@pytest.fixture
def sent(app, mall, counter, carrier):
    """A cash-out of 300 of the shop's 500, in a payment file."""
    mall.takings(counter, 500)
    cash_out = mall.asked(counter, 300)
    mall.go_on(cash_out)
    content = carrier.exported()
    with app.app_context():
        batch = db.session.scalars(select(desk.BankBatch)).one()
    return cash_out, batch, content


def test_06_another_county_s_waiting_payments_are_not_exported(mall, counter, folder, abroad):
    mall.takings(counter, 500)
    mall.go_on(mall.asked(counter, 300))

    assert_refused(post(abroad, "payment-batches"), 404, "bank.nothing_to_pay")


def test_06_another_county_s_payment_file_is_not_found(sent, abroad):
    answer = abroad.get(f"/api/v1/payment-batches/{sent[1].id}/file")

    assert_refused(answer, 404, "bank.batch_not_found")
    assert abroad.get("/api/v1/payment-batches").json["items"] == []


def test_06_a_result_file_about_another_county_s_batch_is_not_kept(
    app, mall, sent, carrier, abroad, counter
):
    cash_out, _, content = sent
    results = carrier.results(content, refused=Fate(refusal="户名与账号不符"))

    answer = upload_results(abroad, results)

    assert_refused(answer, 404, "bank.batch_not_found")
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(desk.BankResultFile)) == 0
    assert mall.go_on(cash_out) is CashOutState.ACCEPTED
    assert mall.balances(counter)["shop"] == 200


def test_06_two_counties_may_be_given_the_same_result_file(app, sent, carrier, abroad, finance):
    """A file that another county tried is still new to the county whose batch it names."""
    results = carrier.results(sent[2])
    upload_results(abroad, results)

    assert upload_results(finance, results).json["is_quarantined"] is False


# 03, 04: only the bank makes income -----------------------------------------------------------

YESTERDAY = date(2026, 5, 31)
FAR = 10_000_000_000_00


def may_30(mall):
    """The bank's own statement of 30 May, which ends with 1,000.00."""
    mall.take_in(file_of(line(1, 100_000, purpose="财政补助", on=MAY_30), on=MAY_30))


@pytest.fixture
def invented(mall, counter, finance):
    """A statement of 31 May with an invented deposit, uploaded by one finance officer."""
    may_30(mall)
    forged = line(7, 77_777_700, purpose="财政补助", on=YESTERDAY)
    return upload(finance, file_of(forged, opening_fen=100_000, on=YESTERDAY))


def findings(app):
    """What the nightly proof says of settlement."""
    with app.app_context():
        connection = db.session.connection()
        return {
            name: rows
            for name, question in proof.QUESTIONS.items()
            if (rows := [tuple(row) for row in connection.exec_driver_sql(question)])
        }


def confirm(client, answer):
    return post(client, f"bank-statements/{answer.json['id']}/confirmation")


def entry_classes(app):
    with app.app_context():
        rows = db.session.scalars(
            select(StatementEntry.entry_class).order_by(StatementEntry.booked_on, StatementEntry.id)
        )
        return [entry_class.value for entry_class in rows]


def test_03_an_invented_deposit_waits_and_funds_nothing(app, mall, counter, finance, invented):
    with app.app_context():
        jobs.book_statement(str(COUNTY), invented.json["id"])

    assert (invented.status_code, invented.json["state"]) == (202, "waiting")
    assert entry_classes(app) == ["funding", "waiting"]
    assert mall.balances(counter)["reserve"] == 100_000
    assert findings(app) == {}
    assert_refused(confirm(finance, invented), 403, "trust.same_person")
    assert mall.balances(counter)["reserve"] == 100_000


def test_03_the_banks_own_file_sets_an_invented_one_aside_until_two_people_have_looked(
    app, given, mall, counter, finance, invented
):
    mall.take_in(file_of(opening_fen=100_000, on=YESTERDAY))

    assert state_of(finance, invented) == "set_aside"
    assert entry_classes(app) == ["funding", "set_aside"]
    assert list(findings(app)) == ["a_day_has_two_statements"]
    admin = given.staff(Role.COUNTY_ADMIN, given.county())
    path = f"bank-statements/{invented.json['id']}/set-aside"
    wrong = agreed(admin, propose(finance, path))
    assert (wrong.status_code, wrong.json["state"]) == (200, "approved")
    assert findings(app) == {}
    assert entry_classes(app) == ["funding", "dismissed"]
    assert mall.balances(counter)["reserve"] == 100_000


def test_a_file_that_a_second_person_confirms_is_booked(app, given, mall, counter, finance):
    may_30(mall)
    true = line(1, 50_000, purpose="财政补助", on=YESTERDAY)
    answer = upload(finance, file_of(true, opening_fen=100_000, on=YESTERDAY))

    confirmed = confirm(given.staff(Role.COUNTY_ADMIN, given.county()), answer)
    with app.app_context():
        jobs.book_statement(str(COUNTY), answer.json["id"])

    assert (confirmed.status_code, confirmed.json["state"]) == (200, "confirmed")
    assert mall.balances(counter)["reserve"] == 150_000
    assert findings(app) == {}


def test_a_file_that_the_bank_brings_too_is_confirmed_by_it(app, mall, counter, finance):
    may_30(mall)
    true = line(1, 50_000, purpose="财政补助", on=YESTERDAY)
    later = line(2, 70, purpose="财政补助", on=YESTERDAY)
    upload(finance, file_of(true, opening_fen=100_000, on=YESTERDAY))

    mall.take_in(file_of(true, later, opening_fen=100_000, on=YESTERDAY))

    assert [s["state"] for s in statements(finance)] == ["confirmed"] * 3
    assert mall.balances(counter)["reserve"] == 150_070
    assert findings(app) == {}


def test_a_file_that_does_not_begin_where_the_last_one_ends_is_not_confirmed(
    app, given, mall, counter, finance
):
    may_30(mall)
    answer = upload(finance, file_of(opening_fen=100_001, on=YESTERDAY))

    refused = confirm(given.staff(Role.COUNTY_ADMIN, given.county()), answer)

    assert_refused(refused, 409, "settlement.not_chained")
    assert refused.json["details"]["should_fen"] == 100_000
    assert state_of(finance, answer) == "waiting"


@pytest.mark.parametrize("on", ["2099-01-01", "1000-01-01"])
def test_04_a_file_of_another_time_is_refused_and_silences_no_proof(
    app, mall, counter, finance, on
):
    may_30(mall)

    answer = upload(finance, file_of(opening_fen=FAR, on=date.fromisoformat(on)))

    assert_refused(answer, 422, "settlement.day_outside")
    assert len(statements(finance)) == 1
    with app.app_context():
        assert queries.chained_until(COUNTY) == MAY_30


def test_the_proof_names_a_broken_chain_and_believes_no_total_behind_it(app, mall, counter):
    may_30(mall)
    mall.take_in(file_of(opening_fen=FAR, on=YESTERDAY))

    assert list(findings(app)) == ["a_statement_begins_where_the_last_one_ends"]
    with app.app_context():
        assert queries.chained_until(COUNTY) == MAY_30


def test_two_people_type_the_custody_account_before_the_first_file(given, finance, noon):
    content = file_of(line(1, 100, purpose="财政补助"))
    admin = given.staff(Role.COUNTY_ADMIN, given.county())
    assert_refused(upload(finance, content), 409, "settlement.no_custody_account")
    account = {"account": "9901010100000018"}

    first = post(finance, "custody-account", account)
    noon.move(minutes=1)
    again = post(finance, "custody-account", account)
    wrong = post(admin, "custody-account", {"account": "9901010100009999"})
    second = post(admin, "custody-account", account)

    assert (first.status_code, again.status_code) == (202, 202)
    assert_refused(wrong, 422, "settlement.accounts_differ")
    assert (second.status_code, second.json) == (201, {"tail": "0018", "proposed_tail": None})
    assert upload(finance, content, key="statement-2").status_code == 202


def test_who_brought_a_statement_does_not_close_its_day(given, app, mall, counter, finance):
    may_30(mall)
    admin = given.staff(Role.COUNTY_ADMIN, given.county())
    confirm(admin, upload(finance, file_of(opening_fen=100_000, on=YESTERDAY)))

    assert_refused(post(finance, "reconciliations/2026-05-31/closing"), 403, "trust.same_person")
    assert post(admin, "reconciliations/2026-05-31/closing").status_code == 201


def test_a_closed_day_changes_by_two_people_only(app, given, mall, counter, finance):
    may_30(mall)
    mall.take_in(file_of(opening_fen=100_000, on=YESTERDAY))
    admin = given.staff(Role.COUNTY_ADMIN, given.county())
    assert post(finance, "reconciliations/2026-05-31/closing").status_code == 201

    late = line(1, 500, purpose="财政补助", on=YESTERDAY)
    mall.take_in(file_of(late, opening_fen=100_000, on=YESTERDAY))

    assert mall.balances(counter)["reserve"] == 100_000
    (waiting,) = [s for s in statements(finance) if s["state"] == "waiting"]
    assert waiting["source"] == "bank"
    assert_refused(
        post(admin, f"bank-statements/{waiting['id']}/confirmation"),
        409,
        "settlement.taken_in_by_two",
    )
    late = propose(finance, f"bank-statements/{waiting['id']}/take-in")
    assert agreed(admin, late).status_code == 200
    with app.app_context():
        jobs.book_statement(str(COUNTY), waiting["id"])
    assert mall.balances(counter)["reserve"] == 100_500
    assert findings(app) == {}


# 05: only the bank unmakes a payment ----------------------------------------------------------


@pytest.fixture
def refused(mall, counter, carrier, finance):
    """A shop's 300 of 300, sent in a file; the bank paid, and one officer's file says 失败."""
    mall.takings(counter, 300)
    cash_out = mall.asked(counter, 300)
    mall.go_on(cash_out)
    results = carrier.results(carrier.exported()).decode("gb18030").replace("成功", "失败")
    answer = upload_results(finance, results.encode("gb18030"))
    assert (answer.status_code, answer.json["is_quarantined"]) == (201, False)
    mall.go_on(cash_out)
    return cash_out


def order_state(app, cash_out):
    with app.app_context():
        return db.session.get_one(desk.BankOrder, cash_out.payment_id).state.value


def test_05_a_refusal_in_one_persons_file_frees_nothing(app, mall, counter, finance, refused):
    assert order_state(app, refused) == "in_doubt"
    assert mall.state(refused) is CashOutState.ACCEPTED
    assert mall.balances(counter)["shop"] == 0
    assert_refused(
        post(counter.owner, "cash-outs", {"amount_fen": 300}),
        409,
        "settlement.shop_balance_too_small",
    )
    mine = post(finance, f"payment-batches/lines/{refused.payment_id}/confirmation")
    assert_refused(mine, 403, "trust.same_person")
    assert mall.go_on(refused) is CashOutState.ACCEPTED
    assert mall.balances(counter)["shop"] == 0


def test_05_the_statement_that_shows_the_payment_settles_it_and_rings(
    app, given, mall, counter, finance, refused, books
):
    mall.take_in(bank_files.statement_xml(DAY, *books.day(DAY)))

    assert mall.state(refused) is CashOutState.SETTLED
    assert order_state(app, refused) == "contradicted"
    assert mall.balances(counter)["in_flight"] == 0
    assert sum(payment["paid_fen"] for payment in books.payments()) == 300
    auditor = given.staff(Role.AUDITOR, given.county())
    (kept,) = auditor.get("/api/v1/payment-batches/quarantine").json["items"]
    assert [problem["payment_id"] for problem in kept["problems"]] == [refused.payment_id]


def test_05_statements_that_show_nothing_free_the_amount(app, mall, counter, refused, noon):
    noon.move(days=1)
    mall.take_in(file_of())
    assert mall.go_on(refused) is CashOutState.ACCEPTED
    noon.move(days=1)

    mall.take_in(file_of(on=DAY + timedelta(days=1)))

    assert mall.go_on(refused) is CashOutState.REJECTED
    assert mall.balances(counter)["shop"] == 300


@pytest.fixture
def denied(mall, refused, noon):
    """The 300, free again because two days of statements show nothing; the file is in a drawer."""
    noon.move(days=1)
    mall.take_in(file_of())
    noon.move(days=1)
    mall.take_in(file_of(on=DAY + timedelta(days=1)))
    assert mall.go_on(refused) is CashOutState.REJECTED
    return refused


def test_05_after_what_only_statements_deny_nothing_leaves_on_the_word_of_who_held_the_file(
    app, given, mall, counter, finance, denied, noon
):
    again = post(counter.owner, "cash-outs", {"amount_fen": 300})

    assert (again.status_code, again.json["state"]) == (201, "awaiting_release")
    assert again.json["reason"].startswith("以前有一笔付款说是失败了")
    by_who_held_it = post(finance, f"cash-outs/{again.json['id']}/release")
    assert_refused(by_who_held_it, 403, "trust.interested")
    assert mall.balances(counter) | {"shop": 0, "in_flight": 0} == mall.balances(counter)

    noon.move(days=1)
    late = line(1, -300, payment_id=denied.payment_id, on=DAY + timedelta(days=2))
    mall.take_in(file_of(late, opening_fen=300, on=DAY + timedelta(days=2)))

    assert order_state(app, denied) == "contradicted"
    admin = given.staff(Role.COUNTY_ADMIN, given.county())
    nothing_to_say = post(admin, f"payment-batches/lines/{denied.payment_id}/confirmation")
    assert_refused(nothing_to_say, 404, "bank.nothing_in_doubt")
    by_who_held_it = post(finance, f"cash-outs/{again.json['id']}/release")
    assert_refused(by_who_held_it, 403, "trust.interested")


def test_05_who_asks_the_bank_afterwards_lets_the_merchant_be_paid_as_before(
    app, given, mall, counter, finance, denied
):
    listed = finance.get("/api/v1/payment-batches/lines").json["items"]
    assert [one["payment_id"] for one in listed] == [denied.payment_id]
    mine = post(finance, f"payment-batches/lines/{denied.payment_id}/confirmation")
    assert_refused(mine, 403, "trust.same_person")
    admin = given.staff(Role.COUNTY_ADMIN, given.county())

    answer = post(admin, f"payment-batches/lines/{denied.payment_id}/confirmation")

    assert (answer.status_code, answer.json["state"]) == (200, "rejected")
    assert finance.get("/api/v1/payment-batches/lines").json["items"] == []
    again = post(counter.owner, "cash-outs", {"amount_fen": 300})
    assert (again.json["state"], again.json["reason"]) == ("created", None)
    assert mall.balances(counter)["shop"] == 0


def test_05_half_a_day_s_statement_frees_nothing(app, mall, counter, refused, noon):
    mall.take_in(file_of())
    noon.move(days=1)

    mall.take_in(file_of(on=DAY + timedelta(days=1)))

    assert order_state(app, refused) == "in_doubt"


def test_05_a_second_person_frees_the_amount(given, app, mall, counter, refused):
    admin = given.staff(Role.COUNTY_ADMIN, given.county())

    answer = post(admin, f"payment-batches/lines/{refused.payment_id}/confirmation")

    assert (answer.status_code, answer.json["state"]) == (200, "rejected")
    assert mall.go_on(refused) is CashOutState.REJECTED
    assert mall.balances(counter)["shop"] == 300


def test_05_another_countys_doubt_is_not_found(abroad, refused):
    answer = post(abroad, f"payment-batches/lines/{refused.payment_id}/confirmation")

    assert_refused(answer, 404, "bank.nothing_in_doubt")


def test_the_day_limit_counts_what_is_in_doubt(given, mall, counter, refused):
    given.setting(SETTINGS, cash_out_day_limit_fen=400)
    mall.takings(counter, 300)

    answer = post(counter.owner, "cash-outs", {"amount_fen": 200})

    assert_refused(answer, 409, "settlement.day_limit_reached")


def test_a_file_that_first_says_failed_and_then_paid_goes_to_quarantine(
    app, mall, carrier, refused, finance, books
):
    with app.app_context():
        batch = db.session.scalars(select(desk.BankBatch)).one()
        told = bank_files.read_payments(desk.content_of(batch))

    answer = upload_results(finance, bank_files.results_csv(books, told))

    assert answer.json["is_quarantined"] is True
    assert order_state(app, refused) == "in_doubt"


# 22: references that begin anew, and lines that need two people ---------------------------------


def test_22_a_reference_used_on_another_day_is_another_line(app, mall, counter):
    first = [
        line(1, 500, purpose="财政补助", on=EVE) | {"bank_reference": "000001"},
        line(1, 200, purpose="财政补助", on=EVE) | {"bank_reference": "000002"},
    ]
    second = line(1, 300, purpose="财政补助") | {"bank_reference": "000001"}
    mall.take_in(file_of(*first, on=EVE))

    imported = mall.take_in(file_of(second, opening_fen=700))

    assert (imported.new_lines, imported.known_lines, imported.changed_lines) == (1, 0, 0)
    assert mall.balances(counter)["reserve"] == 1_000
    assert findings(app) == {}


def test_22_one_reference_for_several_lines_of_a_day_is_several_lines(mall, counter):
    same = line(1, 500, purpose="财政补助")

    mall.take_in(file_of(same, same, same | {"amount_fen": 70}))
    again = mall.take_in(file_of(same, same, same | {"amount_fen": 70}, line(2, 5, purpose="补")))

    assert (again.new_lines, again.known_lines) == (1, 3)
    assert mall.balances(counter)["reserve"] == 1_075


def test_a_deposit_with_the_payers_own_reference_is_booked_by_two(
    app, given, mall, counter, finance
):
    mall.take_in(file_of(line(1, 900, "PO-2026-17", purpose="预付款")))
    (difference,) = day_of(finance)["differences"]
    assert difference["kind"] == "bank_only"
    admin = given.staff(Role.COUNTY_ADMIN, given.county())

    proposed = classify(finance, difference["entry_id"], "funding")
    mine = agreed(finance, proposed)

    assert_refused(mine, 403, "trust.same_person")
    assert mall.balances(counter)["reserve"] == 0
    assert agreed(admin, proposed).status_code == 200
    assert mall.balances(counter)["reserve"] == 900
    assert day_of(finance)["is_balanced"] is True
    assert findings(app) == {}


def test_a_line_is_not_booked_against_its_direction_or_twice(given, mall, counter, finance):
    mall.take_in(file_of(line(1, -900, purpose="手续费"), opening_fen=1_000))
    entry_id = day_of(finance)["differences"][0]["entry_id"]

    wrong = classify(finance, entry_id, "funding")

    assert_refused(wrong, 422, "settlement.line_cannot_be")
    admin = given.staff(Role.COUNTY_ADMIN, given.county())
    assert agreed(admin, classify(finance, entry_id, "dismissed")).status_code == 200
    assert_refused(classify(finance, entry_id, "dismissed"), 409, "settlement.line_not_open")


def test_what_was_dismissed_by_one_only_stays_open(given, mall, counter, finance):
    mall.take_in(file_of(line(1, -900, purpose="手续费"), opening_fen=1_000))
    entry_id = day_of(finance)["differences"][0]["entry_id"]

    admin = given.staff(Role.COUNTY_ADMIN, given.county())
    assert classify(finance, entry_id, "dismissed").status_code == 202
    again = classify(admin, entry_id, "dismissed")
    assert_refused(again, 409, "proposals.proposed_already")
    assert [d["kind"] for d in day_of(finance)["differences"]] == ["bank_only"]


def test_a_line_that_cannot_be_booked_keeps_no_other_waiting(
    app, mall, counter, finance, monkeypatch
):
    book = settlement.book_entry

    def failing(*, county_id, entry_id, at):
        entry = db.session.get_one(StatementEntry, (county_id, entry_id))
        if entry.amount_fen == 13:
            raise RuntimeError("poisoned")
        return book(county_id=county_id, entry_id=entry_id, at=at)

    monkeypatch.setattr(settlement, "book_entry", failing)
    mall.take_in(file_of(line(1, 13, purpose="补"), line(2, 500, purpose="补")))

    assert mall.balances(counter)["reserve"] == 500
    with app.app_context():
        statement_id = db.session.scalars(select(StatementEntry.statement_id).limit(1)).one()
        for _ in range(4):
            jobs.book_statement(str(COUNTY), str(statement_id))
    assert sorted(entry_classes(app)) == ["funding", "unbookable"]


def statements(client):
    return client.get("/api/v1/bank-statements").json["items"]


def state_of(client, answer):
    return {s["id"]: s["state"] for s in statements(client)}[answer.json["id"]]


def propose(client, what, **body):
    """Propose at a path, say ``bank-statements/…/set-aside``."""
    return post(client, what, {"reason": "已向银行核实"} | body)


def classify(client, entry_id, entry_class, **body):
    path = f"bank-statements/lines/{entry_id}/classification"
    return propose(client, path, entry_class=entry_class, **body)


def agreed(checker, proposed):
    """What the second person answers to it."""
    assert proposed.status_code == 202, proposed.json
    return agree(checker, proposed.json["id"])


# At the same moment ---------------------------------------------------------------------------


@pytest.mark.race("mall.settlement.service.confirming.locked_statement")
def test_of_many_who_confirm_a_file_at_once_one_does(given, mall, counter, finance, noon, together):
    may_30(mall)
    answer = upload(finance, file_of(opening_fen=100_000, on=YESTERDAY))
    others = [given.user() for _ in range(8)]

    outcomes = together(
        lambda other=other: settlement.confirm_statement(
            county_id=COUNTY,
            statement_id=UUID(answer.json["id"]),
            confirmed_by=other,
            at=noon(),
        )
        for other in others
    )

    assert outcomes == {"done": 1, "AlreadyDecided": 7}


@pytest.mark.race("app.outside.bank.desk.doubts._locked")
def test_of_many_who_confirm_a_refusal_at_once_one_does(given, refused, noon, together):
    others = [given.user() for _ in range(8)]

    outcomes = together(
        lambda other=other: settlement.confirm_refusal(
            county_id=COUNTY, payment_id=refused.payment_id, confirmed_by=other, at=noon()
        )
        for other in others
    )

    assert outcomes == {"done": 1, "NothingInDoubt": 7}


@pytest.mark.race("app.outside.bank.desk.batches.orders_of")
def test_of_many_agreements_to_withdraw_one_payment_file_at_once_one_does(
    app, given, sent, noon, together
):
    offices = [officer(app, given) for _ in range(9)]
    with app.app_context(), transaction():
        made = [
            proposals.propose_withdrawal(
                batch_id=sent[1].id, reason=f"没有上传，第 {number} 次说", by=office, at=noon()
            )
            for number, office in enumerate(offices[:8])
        ]
        works = [(one.id, one.digest) for one in made]

    outcomes = together(
        lambda proposal_id=proposal_id, digest=digest: approve(
            proposal_id=proposal_id, digest=digest, by=offices[8], at=noon()
        )
        for proposal_id, digest in works
    )

    assert outcomes == {"done": 1, "BatchMadeAnew": 7}


# A payment file that cannot be sent -------------------------------------------------------------


def poison(by_hand, cash_out) -> None:
    """Verified with a control character, as could be before they were refused."""
    name = "李家\x0b小卖部"
    by_hand("UPDATE merchants SET payee_name = :name", name=name)
    by_hand("UPDATE cash_outs SET payee_name = :name WHERE id = :id", name=name, id=cash_out.id)


def test_one_payee_s_control_character_spoils_nobody_s_file(
    app, committed, mall, counter, carrier, by_hand
):
    mall.takings(counter, 500)
    good, bad = mall.asked(counter, 300), mall.asked(counter, 100)

    assert mall.go_on(good) is CashOutState.ACCEPTED
    poison(by_hand, bad)
    assert mall.go_on(bad) is CashOutState.REJECTED

    told = bank_files.read_payments(carrier.exported())
    assert [order.payment_id for order in told.orders] == [good.payment_id]
    assert mall.balances(counter)["shop"] == 200


def test_a_poisoned_payment_of_before_is_left_out_and_freed(
    app, committed, mall, counter, carrier, monkeypatch, noon, by_hand
):
    mall.takings(counter, 500)
    good, bad = mall.asked(counter, 300), mall.asked(counter, 100)
    assert mall.go_on(good) is CashOutState.ACCEPTED
    poison(by_hand, bad)
    with monkeypatch.context() as before:
        before.setattr(desk_gateway, "is_writable", lambda payment: True)
        assert mall.go_on(bad) is CashOutState.ACCEPTED

    told = bank_files.read_payments(carrier.exported())
    noon.move(hours=2)

    assert [order.payment_id for order in told.orders] == [good.payment_id]
    assert mall.go_on(bad) is CashOutState.REJECTED
    assert mall.balances(counter)["shop"] == 200


def test_a_file_that_reads_otherwise_than_it_was_meant_is_not_made(
    app, mall, counter, folder, finance, monkeypatch
):
    mall.takings(counter, 500)
    mall.go_on(mall.asked(counter, 300))
    write = CsvFiles.payments
    monkeypatch.setattr(
        CsvFiles, "payments", lambda *args: write(*args).replace(b"3.00", b"3.01", 1)
    )

    assert_refused(post(finance, "payment-batches"), 409, "bank.file_not_whole")
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(desk.BankBatch)) == 0


def test_two_people_withdraw_a_payment_file_once_and_its_payments_leave_anew(
    app, given, mall, sent, carrier, finance
):
    cash_out, batch, content = sent
    admin = given.staff(Role.COUNTY_ADMIN, given.county())

    withdrawn = agreed(admin, withdraw(finance, batch.id))

    assert (withdrawn.status_code, withdrawn.json["state"]) == (200, "approved")
    late = upload_results(finance, carrier.results(content))
    assert late.json["is_quarantined"] is True
    told = bank_files.read_payments(carrier.exported())
    assert [order.payment_id for order in told.orders] == [cash_out.payment_id]
    again = withdraw(finance, told_batch(told))
    assert_refused(again, 409, "settlement.batch_made_anew")


def test_a_payment_file_that_the_bank_has_answered_is_not_withdrawn(sent, carrier, finance):
    upload_results(finance, carrier.results(sent[2]))

    refused = withdraw(finance, sent[1].id)

    assert_refused(refused, 409, "settlement.batch_answered")


def test_another_countys_payment_file_is_not_withdrawn(sent, abroad):
    refused = withdraw(abroad, sent[1].id)

    assert_refused(refused, 404, "bank.batch_not_found")


def officer(app, given):
    """A finance officer, as services are told who calls them."""
    return given.caller(
        Role.FINANCE, given.county(), user_of(app, given.staff(Role.FINANCE, given.county()))
    )


def withdraw(client, batch_id):
    return propose(client, f"payment-batches/{batch_id}/withdrawal")


def told_batch(told):
    return str(UUID(hex=told.batch_id))


# A poisoned row -----------------------------------------------------------------------------------


def test_a_cash_out_that_cannot_be_sent_stands_still_after_some_tries_and_is_sent_again_by_a_person(
    app, mall, counter, folder, finance, noon, monkeypatch
):
    mall.takings(counter, 500)
    cash_out = mall.asked(counter, 300)
    with monkeypatch.context() as poison:
        poison.setattr(desk.DeskBank, "submit", broken)
        poison.setattr(settlement, "begin_sending", broken)
        for _ in range(5):
            noon.move(hours=1)
            with pytest.raises(RuntimeError):
                mall.go_on(cash_out)
        assert mall.cash_out(cash_out.id).due_at is None

    assert post(finance, f"cash-outs/{cash_out.id}/inquiry").status_code == 200
    assert mall.go_on(cash_out) is CashOutState.ACCEPTED


def broken(*args, **kwargs):
    raise RuntimeError("poisoned")


def test_a_sweep_queues_the_same_work_once(app, mall, counter, folder):
    mall.takings(counter, 500)
    mall.asked(counter, 300)
    with app.app_context():
        queue(BANK_QUEUE).empty()
        for _ in range(3):
            jobs.go_on_with_due()
        assert len(queue(BANK_QUEUE).get_jobs()) == 1
