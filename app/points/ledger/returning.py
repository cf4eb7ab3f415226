"""Giving points back that a household has spent, each to where it came from."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from uuid import UUID

from app.points.ledger.accounts import Account, TransferKind, household
from app.points.ledger.errors import InsufficientPoints
from app.points.ledger.queries import Piece
from app.points.ledger.service import post


def give_back(
    *,
    county_id: int,
    household_id: UUID,
    pieces: Sequence[Piece],
    reference: str,
    decided_at: datetime,
    kind: TransferKind,
    debit: Account,
) -> None:
    """Move the pieces from an account to those of the household, all or none.

    A piece's last day is the one that its points have when they are back.

    Raises:
        InsufficientPoints: the account has less than all of them; ``needed`` is the part that it
            could not pay from ``balance``.
        AccountFrozen: one of the accounts is frozen.
        ReferenceReused: the same decision gave back something else.
    """
    left = sum(piece.amount for piece in pieces)
    for number, piece in enumerate(pieces):
        try:
            post(
                county_id=county_id,
                reference=f"{reference}#{number}",
                decided_at=decided_at,
                kind=kind,
                debit=debit,
                credit=household(household_id, piece.expires_on),
                amount=piece.amount,
            )
        except InsufficientPoints as short:
            raise InsufficientPoints(balance=short.balance, needed=left) from None
        left -= piece.amount


def last_pieces(spent: Sequence[Piece], *, amount: int, already: int) -> tuple[Piece, ...]:
    """``amount`` of what was spent, from what ends last, past what went back ``already``."""
    pieces = tuple(_last_pieces(spent, amount, already))
    assert sum(piece.amount for piece in pieces) == amount, "no more goes back than was spent"
    return pieces


def _last_pieces(spent: Sequence[Piece], amount: int, already: int) -> Iterator[Piece]:
    for piece in sorted(spent, key=lambda piece: piece.expires_on or date.max, reverse=True):
        passed = min(already, piece.amount)
        already -= passed
        part = min(amount, piece.amount - passed)
        amount -= part
        if part:
            yield Piece(piece.expires_on, part)
