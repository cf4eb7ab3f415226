"""Seals over the transfers, and receipts that prove one of them."""

from app.points.ledger.seals.receipts import BadReceipt, check_receipt, receipt
from app.points.ledger.seals.sealing import TRANSFERS, counties, sealed_before
from app.points.ledger.seals.verifying import compare_seals, transfers_to_hash, verify_seals

__all__ = [
    "TRANSFERS",
    "BadReceipt",
    "check_receipt",
    "compare_seals",
    "counties",
    "receipt",
    "sealed_before",
    "transfers_to_hash",
    "verify_seals",
]
