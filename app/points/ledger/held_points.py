"""Holding points of a household, over as many of its accounts as are needed, and what follows.

A hold is named by its own ``reference`` and ``decided_at``, which give the ids of its pieces, one
for each account it touches. It is settled or released whole, at most once.

``expires_at`` says until when the points are promised. The ledger ends no hold by itself: the
domain that made it does, in the transaction that also ends its own row, so that no order is
without its points and no points are kept for an order that is gone.
"""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from app.kernel import clock
from app.points.ledger import queries
from app.points.ledger.accounts import Account, TransferKind
from app.points.ledger.service import Posted, call


@dataclass(frozen=True)
class HeldPiece:
    """What is held of the points that share a last day."""

    id: UUID
    is_replay: bool
    expires_on: date | None
    amount: int


def hold_points(
    *,
    county_id: int,
    household_id: UUID,
    reference: str,
    decided_at: datetime,
    kind: TransferKind,
    credit: Account,
    amount: int,
    expires_at: datetime | None,
) -> tuple[HeldPiece, ...]:
    """Reserve ``amount`` points of a household, those that expire first before the others.

    Points that are held outlive their last day until the hold is resolved.

    Raises:
        InsufficientPoints: the household can spend less than this.
        ReferenceReused: the same decision held points before with other contents.
    """
    assert amount > 0
    assert credit.expires_on is None
    rows = call(
        "SELECT * FROM ledger.hold_points(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        county_id,
        queries.piece_ids(reference, decided_at),
        kind.value,
        reference,
        household_id,
        clock.day_of(decided_at),
        credit.kind.value,
        credit.owner,
        amount,
        expires_at,
    )
    return tuple(HeldPiece(*row) for row in rows)


def settle_points(
    *,
    county_id: int,
    held_as: str,
    held_at: datetime,
    reference: str,
    decided_at: datetime,
    amount: int,
) -> tuple[Posted, ...]:
    """Move ``amount`` of the points held under ``held_as`` and release the rest.

    What expires first moves and what expires last is given back, so that the household keeps the
    points it can still use longest. Released points whose day has passed expire in the next night.

    Raises:
        HoldResolved: it was settled or released before, or more is asked than was held.
        AccountFrozen: one of the accounts is frozen.
    """
    assert amount > 0
    return _resolve(county_id, (held_as, held_at), (reference, decided_at), amount)


def release_points(
    *, county_id: int, held_as: str, held_at: datetime, reference: str, decided_at: datetime
) -> None:
    """Give back all points that are held under ``held_as``.

    Raises:
        HoldResolved: they were settled, or released by something else.
    """
    _resolve(county_id, (held_as, held_at), (reference, decided_at), 0)


def _resolve(
    county_id: int, held: tuple[str, datetime], resolved: tuple[str, datetime], amount: int
) -> tuple[Posted, ...]:
    rows = call(
        "SELECT * FROM ledger.settle_points(%s, %s, %s, %s, %s)",
        county_id,
        queries.piece_ids(*held),
        queries.piece_ids(*resolved),
        resolved[0],
        amount,
    )
    return tuple(Posted(*row) for row in rows)
