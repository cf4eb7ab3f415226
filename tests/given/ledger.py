"""Accounts and payments, past the domains that make them."""

from datetime import date
from uuid import uuid4

from app.points import ledger

SHOP = uuid4()
THIS_YEARS = date(2027, 3, 31)
LAST_YEARS = date(2026, 3, 31)
SOON, LATER = date(2027, 3, 31), date(2028, 3, 31)
HELD_AS = "order:1:hold"


def payment(family, amount, noon, reference="redemption:1"):
    return {
        "household_id": family.id,
        "reference": reference,
        "decided_at": noon(),
        "kind": ledger.TransferKind.REDEMPTION,
        "credit": ledger.shop(SHOP),
        "amount": amount,
    }
