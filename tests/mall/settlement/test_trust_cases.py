"""What one person can do with the bank's word: known answers, each under its number."""

import pytest
from sqlalchemy import func, select

from app.kernel.db import db
from app.outside.bank import desk
from app.register.identity.roles import Role
from mall.settlement.models import CashOutState
from sandbox.bank_books import Fate
from tests.given.bank_files import upload_results
from tests.given.http import assert_refused, post

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
