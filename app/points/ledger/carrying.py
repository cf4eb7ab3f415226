"""Carrying points from one household to another: a split, a merge, and what follows from them.

The one way on which a household's points become another's. The database keeps that their last days
stay as they are; who asked for it and who agreed is the caller's.
"""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import text

from app.kernel import clock
from app.kernel.db import db
from app.points.ledger import queries
from app.points.ledger.service import call


@dataclass(frozen=True)
class Share:
    """Which part of a household's points: ``earned`` and ``sale`` of ``of``.

    Earned points have a last day, sale points have none.
    """

    earned: int
    sale: int
    of: int


ALL = Share(1, 1, 1)


@dataclass(frozen=True)
class Carried:
    """What was carried of the points that share a last day."""

    id: UUID
    is_replay: bool
    expires_on: date | None
    amount: int


def carry(
    *,
    county_id: int,
    from_id: UUID,
    to_id: UUID,
    share: Share,
    reference: str,
    decided_at: datetime,
) -> tuple[Carried, ...]:
    """Move a share of what a household can spend to another one, each point with its last day.

    Of each account ``floor(free * share)``; what is held, and what has expired, stays. A repeat
    answers what was moved, unless that was nothing: the caller knows what it has done.

    Raises:
        AccountFrozen: an account of one of the two is frozen; nothing moved.
        FlowNotAllowed: the two are one, or it is no share.
        ReferenceReused: the same decision carried points between others.
    """
    rows = call(
        "SELECT * FROM ledger.carry(%s, %s, %s, %s, %s, %s, %s, %s, %s)",
        county_id,
        queries.piece_ids(reference, decided_at),
        reference,
        from_id,
        to_id,
        clock.day_of(decided_at),
        share.earned,
        share.sale,
        share.of,
    )
    return tuple(Carried(*row) for row in rows)


@dataclass(frozen=True)
class FreeAccount:
    """What a household can spend of the points that share a last day, and how often they moved."""

    expires_on: date | None
    free: int
    entries: int


_FREE = text("""
    SELECT a.expires_on, b.posted - b.held, b.entries
      FROM ledger.accounts a
      JOIN ledger.balances b ON b.county_id = a.county_id AND b.account_id = a.id
     WHERE a.county_id = :county_id AND a.kind = 'household' AND a.owner = :owner
       AND (a.expires_on IS NULL OR a.expires_on >= :day) AND b.posted > b.held
     ORDER BY a.expires_on NULLS LAST
""")


def free_accounts(county_id: int, household_id: UUID, *, day: date) -> list[FreeAccount]:
    """A household's accounts with something to carry, what ends first first."""
    asked = {"county_id": county_id, "owner": household_id, "day": day}
    return [FreeAccount(*row) for row in db.session.execute(_FREE, asked)]
