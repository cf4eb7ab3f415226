"""Carrying a household's points and debts to another one, by a change or after it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.kernel import clock
from app.kernel.db import db
from app.messages import notices
from app.points import ledger
from app.points.awards import debts
from app.points.carried.models import ChangePoints
from app.points.carried.notices import POINTS_GIVEN, POINTS_RECEIVED
from app.register.households.life import Change, ChangeKind, Line
from app.register.households.life.queries import goes_on_as
from app.register.households.locking import lock_households


def by_change(change: Change) -> Iterator[Line]:
    """Carry what a change says of points and debts; called last, under the locks of both.

    Raises:
        ledger.AccountFrozen: the points of one of the two are frozen.
    """
    part, share = _parts(change)
    moved = debts.move(
        county_id=change.county_id,
        from_id=change.household_id,
        to_id=change.other,
        part=part,
        change_id=change.id,
        at=change.at,
    )
    carried = ledger.carry(
        county_id=change.county_id,
        from_id=change.household_id,
        to_id=change.other,
        share=share,
        reference=f"change:{change.id}",
        decided_at=change.at,
    )
    db.session.add_all(
        ChangePoints(
            county_id=change.county_id,
            change_id=change.id,
            ordinal=number,
            from_id=change.household_id,
            to_id=change.other,
            expires_on=piece.expires_on,
            points=piece.amount,
            transfer_id=piece.id,
        )
        for number, piece in enumerate(carried, start=1)
    )
    db.session.flush()
    _tell(change, sum(piece.amount for piece in carried), moved)
    yield from (Line("points", _said(piece)) for piece in carried)
    if not carried:
        yield Line("points", "没有积分转到另一户")
    if moved:
        yield Line("debts", f"待抵扣的 {moved} 分由另一户抵扣，只从以后的奖励里扣")
    left = ledger.household_points(change.county_id, change.household_id, day=change.day)
    yield Line("points", f"原来的户还能用 {left} 分")


def _parts(change: Change) -> tuple[debts.Part, ledger.Share]:
    if change.kind is ChangeKind.MERGE:
        return debts.Part(1, 1), ledger.ALL
    facts = change.facts
    share = facts["share"]
    return (
        debts.Part(facts["people"], facts["people_before"]),
        ledger.Share(share["earned"], share["sale"], share["of"]),
    )


def _tell(change: Change, points: int, owed: int) -> None:
    topic = str(change.id)
    given = notices.ToHousehold(change.household_id, topic, {"points": points})
    received = notices.ToHousehold(change.other, topic, {"points": points, "owed": owed})
    notices.tell(POINTS_GIVEN, [given], county_id=change.county_id, at=change.at)
    notices.tell(POINTS_RECEIVED, [received], county_id=change.county_id, at=change.at)


def _said(piece: ledger.Carried) -> str:
    until = f"{clock.day_text(piece.expires_on)}前可用" if piece.expires_on else "一直可用"
    return f"{piece.amount} 分转到另一户（{until}）"


@dataclass(frozen=True)
class Followed:
    """What came back to a closed household and went on to the one that goes on for it."""

    points: int


def follow(*, county_id: int, household_id: UUID, at: datetime) -> Followed:
    """Carry what is free on a closed household to the end of its successors; a repeat, nothing.

    A refund, a payment that was taken back, an award that waited for its budget: whoever paid them
    out knows the household of then, and need not know what has become of it.

    Raises:
        ledger.AccountFrozen: the points of one of the two are frozen.
    """
    heir = goes_on_as(household_id)
    if heir == household_id:
        return Followed(0)
    lock_households([household_id, heir])
    day = clock.day_of(at)
    free = ledger.free_accounts(county_id, household_id, day=day)
    if not free:
        return Followed(0)
    # The count of entries tells this carrying from a later one of the same account.
    last_day = free[0].expires_on or "sale"
    carried = ledger.carry(
        county_id=county_id,
        from_id=household_id,
        to_id=heir,
        share=ledger.ALL,
        reference=f"follow:{household_id}:{last_day}:{free[0].entries}",
        decided_at=clock.day_start(day),
    )
    return Followed(sum(piece.amount for piece in carried))
