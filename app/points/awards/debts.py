"""What households owe, and who owes it after households were split or merged."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from app.kernel.db import db
from app.kernel.ids import uuid7
from app.points.awards.models import DebtMove


@dataclass(frozen=True)
class OpenDebt:
    """What is left of a debt for the household that owes it."""

    id: UUID
    village_id: UUID
    points: int


# Of each holder and debt: what arose there and what came, less what went and what was repaid.
_OWED = text("""
    WITH holders AS (SELECT unnest(CAST(:households AS uuid[])) AS holder),
    parts AS (
        SELECT h.holder, d.id AS debt_id, d.points
          FROM holders h JOIN debts d
            ON d.county_id = :county_id AND d.household_id = h.holder
        UNION ALL
        SELECT h.holder, m.debt_id, m.points
          FROM holders h JOIN debt_moves m ON m.county_id = :county_id AND m.to_id = h.holder),
    owed AS (SELECT holder, debt_id, sum(points) AS points FROM parts GROUP BY 1, 2)
    SELECT o.holder, o.debt_id, d.village_id, o.points
           - coalesce((SELECT sum(m.points) FROM debt_moves m
                        WHERE m.county_id = :county_id AND m.debt_id = o.debt_id
                          AND m.from_id = o.holder), 0)
           - coalesce((SELECT sum(r.points) FROM debt_repayments r
                         JOIN awards a ON a.county_id = r.county_id AND a.id = r.award_id
                        WHERE r.county_id = :county_id AND r.debt_id = o.debt_id
                          AND a.household_id = o.holder), 0) AS points
      FROM owed o JOIN debts d ON d.county_id = :county_id AND d.id = o.debt_id
     ORDER BY o.debt_id
""")


def open_debts(county_id: int, household_id: UUID) -> list[OpenDebt]:
    """What a household still owes, the oldest first."""
    return [
        OpenDebt(debt_id, village_id, points)
        for _, debt_id, village_id, points in _owed(county_id, [household_id])
    ]


def owing(county_id: int, household_ids: Collection[UUID]) -> set[UUID]:
    """Those of the households that owe something."""
    return {holder for holder, *_ in _owed(county_id, household_ids)}


def debt(county_id: int, household_id: UUID) -> int:
    """All the points that a household still owes."""
    return sum(each.points for each in open_debts(county_id, household_id))


@dataclass(frozen=True)
class Part:
    """``count`` of ``of``: rounded down for each debt, so that no share dodges one."""

    count: int
    of: int


def move(
    *, county_id: int, from_id: UUID, to_id: UUID, part: Part, change_id: UUID, at: datetime
) -> int:
    """Let another household owe a part of each debt since a change; returns how much in all.

    The caller holds the locks of both.
    """
    moved = [
        DebtMove(
            county_id=county_id,
            id=uuid7(at),
            debt_id=one.id,
            from_id=from_id,
            to_id=to_id,
            points=points,
            change_id=change_id,
        )
        for one in open_debts(county_id, from_id)
        if (points := one.points * part.count // part.of)
    ]
    db.session.add_all(moved)
    db.session.flush()
    return sum(one.points for one in moved)


def _owed(county_id: int, household_ids: Collection[UUID]) -> list[tuple[UUID, UUID, UUID, int]]:
    asked = {"county_id": county_id, "households": list(household_ids)}
    rows = db.session.connection().execute(_OWED, asked)
    return [
        (holder, debt_id, village_id, int(points))
        for holder, debt_id, village_id, points in rows
        if points > 0
    ]
