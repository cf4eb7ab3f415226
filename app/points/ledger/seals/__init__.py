"""Seals over the transfers, and receipts that prove one of them.

Every few minutes what was committed is hashed into a Merkle tree, whose root is chained to the
seal before and signed with a key that is not in the database. Who alters a sealed transfer would
have to sign again, and to change the copies at the bank and at the regulator.
"""

from app.points.ledger.seals.export import BadExport, export_lines, read_export
from app.points.ledger.seals.receipts import BadReceipt, check_receipt, receipt
from app.points.ledger.seals.sealing import Seal, counties, seal_next, sealed_before, seals_of
from app.points.ledger.seals.statement import SealStatement
from app.points.ledger.seals.verifying import compare_seals, transfers_to_hash, verify_seals

__all__ = [
    "BadExport",
    "BadReceipt",
    "Seal",
    "SealStatement",
    "check_receipt",
    "compare_seals",
    "counties",
    "export_lines",
    "read_export",
    "receipt",
    "seal_next",
    "sealed_before",
    "seals_of",
    "transfers_to_hash",
    "verify_seals",
]
