"""Seals over rows that are only ever added: signed fingerprints, chained, county by county.

What was committed is hashed into a Merkle tree, whose root is chained to the seal before and
signed with a key that is not in the database. Who alters a sealed row would have to sign again,
and to change the copies at the bank and at the regulator. The ledger's transfers and the trace are
sealed so.
"""

from app.kernel.seals.chain import Chain
from app.kernel.seals.export import BadExport, export_lines, read_export
from app.kernel.seals.statement import Seal, Sealed, SealStatement

__all__ = [
    "BadExport",
    "Chain",
    "Seal",
    "SealStatement",
    "Sealed",
    "export_lines",
    "read_export",
]
