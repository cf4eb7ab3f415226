"""A payee that somebody has written into the database is not paid."""

import pytest
from structlog.testing import capture_logs

from app.kernel.secrets import vault
from mall.merchants import accounts
from mall.settlement.models import CashOutState

SWAP = (
    "UPDATE {table} SET payee_account_sealed = (SELECT payee_account_sealed FROM merchants "
    "WHERE id = :thief) WHERE {key} = :victim"
)


@pytest.fixture
def rich(committed, mall, counter):
    mall.takings(counter, 500)
    return counter


def assert_not_paid(mall, rich, cash_out, books):
    with capture_logs() as logs:
        assert mall.go_on(cash_out) is CashOutState.CREATED
    assert [log["event"] for log in logs if log["log_level"] == "error"] == [
        "settlement.payee_altered"
    ]
    assert books.payments() == []
    assert mall.balances(rich)["shop"] == 200
    stopped = mall.cash_out(cash_out.id)
    assert (stopped.due_at, stopped.reason[:4]) == (None, "收款账户")


def test_an_account_sealed_for_another_merchant_does_not_open(
    committed, by_hand, mall, rich, bank, books
):
    thief, cash_out = mall.counter(), mall.asked(rich, 300)

    by_hand(
        SWAP.format(table="cash_outs", key="merchant_id"),
        thief=thief.merchant_id,
        victim=rich.merchant_id,
    )

    assert_not_paid(mall, rich, cash_out, books)


def test_an_account_swapped_at_the_merchant_and_in_the_cash_out_is_not_paid(
    committed, by_hand, mall, rich, bank, books
):
    thief, cash_out = mall.counter(), mall.asked(rich, 300)

    for table, key in (("cash_outs", "merchant_id"), ("merchants", "id")):
        by_hand(
            SWAP.format(table=table, key=key),
            thief=thief.merchant_id,
            victim=rich.merchant_id,
        )

    assert_not_paid(mall, rich, cash_out, books)


@pytest.mark.parametrize("column", ["payee_name", "payee_bank"])
def test_a_name_or_a_bank_that_was_written_anew_is_not_paid(
    by_hand, mall, rich, bank, books, column
):
    cash_out = mall.asked(rich, 300)

    by_hand(f"UPDATE cash_outs SET {column} = '李鬼'")

    assert_not_paid(mall, rich, cash_out, books)


def test_an_account_of_before_is_paid(app, committed, by_hand, mall, rich, bank, books):
    with app.app_context():
        of_before = vault().seal("6228480000000000012", accounts.PURPOSE)
    by_hand("UPDATE merchants SET payee_account_sealed = :sealed", sealed=of_before)
    cash_out = mall.asked(rich, 300)

    assert mall.go_on(cash_out) is CashOutState.ACCEPTED
