"""Doing a change of a household, and saying beforehand what it would do."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from app.kernel import audit
from app.kernel.db import db, savepoint
from app.kernel.errors import DomainError
from app.register.households.life import birth, death, head, merge, move, split
from app.register.households.life.changing import Change, ChangeKind, Line
from app.register.households.life.models import HouseholdChange
from app.register.households.life.touched import APPLY, BLOCKS, in_order
from app.register.households.locking import lock_households

OWN_BLOCKS: dict[ChangeKind, Callable[[Change], Iterable[DomainError]]] = {
    ChangeKind.SPLIT: split.blocks,
    ChangeKind.MERGE: merge.blocks,
    ChangeKind.MOVE: move.blocks,
    ChangeKind.BIRTH: birth.blocks,
    ChangeKind.DEATH: death.blocks,
    ChangeKind.HEAD: head.blocks,
}
OWN_APPLY: dict[ChangeKind, Callable[[Change], Iterable[Line]]] = {
    ChangeKind.SPLIT: split.apply,
    ChangeKind.MERGE: merge.apply,
    ChangeKind.MOVE: move.apply,
    ChangeKind.BIRTH: birth.apply,
    ChangeKind.DEATH: death.apply,
    ChangeKind.HEAD: head.apply,
}


@dataclass(frozen=True)
class Preview:
    """What a change would do, in sentences; or what must be done first, and then no sentences."""

    lines: list[Line] = field(default_factory=list)
    blocks: list[DomainError] = field(default_factory=list)


class _Undone(Exception):
    """Takes back a dry run."""


def preview(change: Change) -> Preview:
    """Do it and take it back, so that what is said is what would be done."""
    lock_households(change.homes)
    found = _blocks(change)
    if found:
        return Preview(blocks=found)
    lines: list[Line] = []
    try:
        with savepoint():
            lines = _do(change)
            raise _Undone
    except _Undone:
        db.session.expire_all()
    return Preview(lines=lines)


def check(change: Change) -> None:
    """Refuse a change for the first thing that must be done before it."""
    lock_households(change.homes)
    for refusal in _blocks(change):
        raise refusal


def carry_out(change: Change) -> list[Line]:
    """Do it: the register first, then whatever else it touches, the points last.

    Raises:
        what its kind and whatever it touches is refused for.
    """
    check(change)
    return _do(change)


def _blocks(change: Change) -> list[DomainError]:
    found = list(OWN_BLOCKS[change.kind](change))
    if not found:
        found = [refusal for name in in_order(change.kind) for refusal in BLOCKS[name](change)]
    return found


def _do(change: Change) -> list[Line]:
    lines = list(OWN_APPLY[change.kind](change))
    db.session.add(
        HouseholdChange(
            county_id=change.county_id,
            id=change.id,
            kind=change.kind,
            household_id=change.household_id,
            other_id=change.other_id,
            proposal_id=change.proposal_id,
            facts=dict(change.facts),
            document=change.document,
            happened_on=change.day,
            asked_by=change.asked_by,
            agreed_by=change.agreed_by,
            done_at=change.at,
        )
    )
    db.session.flush()  # what is touched refers to it
    for name in in_order(change.kind):
        lines += APPLY[name](change)
    audit.record(
        f"households.{change.kind}",
        county_id=change.county_id,
        actor_id=change.asked_by,
        subject=("household_change", change.id),
        at=change.at,
        household_id=change.household_id,
        other_id=str(change.other_id) if change.other_id else None,
        agreed_by=str(change.agreed_by) if change.agreed_by else None,
    )
    return lines
