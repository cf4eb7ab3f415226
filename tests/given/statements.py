"""The bank's statements, line by line, as a finance officer uploads them."""

import io
from datetime import date, timedelta

from app.outside.bank import Statement, parse_statements
from sandbox.bank import statement_csv

DAY = date(2026, 6, 1)
EVE = DAY - timedelta(days=1)


def line(n, amount_fen, payment_id=None, purpose="积分兑换结算", name="李家小卖部", on=DAY):
    """A line as the bank would book it."""
    return {
        "booked_on": on.isoformat(),
        "bank_reference": f"20260601{n:010d}",
        "amount_fen": amount_fen,
        "counterparty_name": name,
        "counterparty_account": "6228480000000000012",
        "purpose": purpose,
        "payment_id": payment_id,
    }


def file_of(*lines, opening_fen=0, on=DAY):
    return statement_csv(on, opening_fen, list(lines)).encode("gb18030")


def the_statement(content: bytes) -> Statement:
    """What a file of one day says."""
    (statement,) = parse_statements(content)
    return statement


def deposit(n, amount_fen):
    return line(n, amount_fen, purpose="财政补助", name="分分县财政局")


def day_of(client, on=DAY):
    answer = client.get(f"/api/v1/reconciliations/{on}")
    assert answer.status_code == 200, answer.json
    return answer.json


def upload(client, content, key="statement-1"):
    return client.post(
        "/api/v1/bank-statements",
        data={"file": (io.BytesIO(content), "statement.csv")},
        headers={"Idempotency-Key": key},
    )
