"""Taking a reversed award back from whoever has its points now.

A household that was split or merged since it was paid has given of them to another: what it lacks
is asked of that one, as far as its share, and what nobody has is owed by each for its part.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.kernel.db import db
from app.kernel.ids import uuid7
from app.points import ledger
from app.points.awards.models import Award, Debt, DebtMove
from app.register.households.life import queries as life
from app.register.households.life.changing import ChangeKind


@dataclass(frozen=True)
class TakenBack:
    """What a reversal did: points that left the household, and points that it owes since."""

    taken: int
    owed: int


@dataclass(frozen=True)
class _Reached:
    """A household to which points of another went, by which change, and its share of them."""

    household_id: UUID
    change_id: UUID
    count: int
    of: int


def homes(award: Award) -> list[UUID]:
    """Whose points a reversal may touch; they are locked before it."""
    return [award.household_id, *(one.household_id for one in _reached(award))]


def take_back(award: Award, at: datetime) -> TakenBack:
    """Take a paid award into its village's budget; the rest becomes a debt. Homes are locked.

    Raises:
        ledger.AccountFrozen: a household's or the village's account is frozen.
    """
    missing = award.points
    missing -= _take(award, award.household_id, missing, f"reversal:{award.id}", at)
    owed, asked = dict[_Reached, int](), missing
    for one in _reached(award) if missing else ():
        part = asked * one.count // one.of
        taken = _take(award, one.household_id, part, f"reversal:{award.id}#{one.household_id}", at)
        owed[one] = part - taken
        asked -= part if one.count == one.of else 0
        missing -= taken
    if missing:
        _owe(award, missing, owed, at)
    return TakenBack(taken=award.points - missing, owed=missing)


def _reached(award: Award) -> Iterator[_Reached]:
    assert award.paid_at is not None, "what was not paid went nowhere"
    for change in life.after(award.county_id, award.household_id, award.paid_at):
        assert change.other_id is not None, "points go to another household"
        share = change.facts["share"] if change.kind is ChangeKind.SPLIT else {"earned": 1, "of": 1}
        other = life.goes_on_as(change.other_id)
        if other != award.household_id:
            yield _Reached(other, change.id, share["earned"], share["of"])


def _take(award: Award, household_id: UUID, points: int, reference: str, at: datetime) -> int:
    if not points:
        return 0
    pieces = ledger.take_back(
        county_id=award.county_id,
        household_id=household_id,
        reference=reference,
        decided_at=at,
        kind=ledger.TransferKind.REVERSAL,
        credit=ledger.village_budget(award.village_id),
        amount=points,
    )
    return sum(piece.amount for piece in pieces)


def _owe(award: Award, missing: int, owed: dict[_Reached, int], at: datetime) -> None:
    """One debt of the household that had the award; others owe their parts of it."""
    debt = Debt(
        county_id=award.county_id,
        id=uuid7(at),
        household_id=award.household_id,
        village_id=award.village_id,
        award_id=award.id,
        points=missing,
        arose_at=at,
    )
    db.session.add(debt)
    db.session.flush()  # a move refers to it without a relationship
    db.session.add_all(
        DebtMove(
            county_id=award.county_id,
            id=uuid7(at),
            debt_id=debt.id,
            from_id=award.household_id,
            to_id=one.household_id,
            points=points,
            change_id=one.change_id,
        )
        for one, points in owed.items()
        if points
    )
