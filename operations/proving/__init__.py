"""The whole proof: what the ledger, and every domain that moves points, says must hold.

Each domain contributes its questions (``proof.QUESTIONS``); this package, which may know them all,
asks them together: for ``flask ledger verify``, and every night.
"""

from operations.proving.service import length, prove

__all__ = ["length", "prove"]
