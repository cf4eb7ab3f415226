"""Money of the reserve goes to a village's budget: a maker proposes, a checker approves."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from app.kernel import audit
from app.kernel.db import db, locked
from app.kernel.ids import uuid7
from app.points import ledger
from app.register.regions.models import Region, RegionKind
from app.register.regions.queries import inside
from mall.settlement.errors import (
    AllotmentDecided,
    AllotmentNotFound,
    ApproverIsProposer,
    ReserveTooSmall,
    VillageNotFound,
)
from mall.settlement.models import Allotment, AllotmentState


def propose_allotment(
    *,
    county_id: int,
    village_id: UUID,
    within: Collection[UUID],
    amount_fen: int,
    proposed_by: UUID,
    at: datetime,
) -> Allotment:
    """Propose an amount for a village. Nothing moves yet.

    ``within`` names the regions for which the proposer may speak.

    Raises:
        VillageNotFound: no village of those regions.
    """
    assert amount_fen > 0, "the schema admits whole fen from 1"
    village = select(Region.id).where(
        Region.id == village_id, Region.kind == RegionKind.VILLAGE, Region.county_id == county_id
    )
    if db.session.scalar(village.where(Region.id.in_(inside(within)))) is None:
        raise VillageNotFound()
    allotment = Allotment(
        county_id=county_id,
        id=uuid7(at),
        village_id=village_id,
        amount_fen=amount_fen,
        state=AllotmentState.PROPOSED,
        proposed_by=proposed_by,
        proposed_at=at,
    )
    db.session.add(allotment)
    _trace("settlement.propose_allotment", allotment, proposed_by, at)
    return allotment


def approve_allotment(
    *, county_id: int, allotment_id: UUID, within: Collection[UUID], approved_by: UUID, at: datetime
) -> Allotment:
    """Move the proposed amount from the reserve to the village's budget.

    Raises:
        AllotmentNotFound, AllotmentDecided: there is nothing to approve.
        ApproverIsProposer: nobody approves their own proposal.
        ReserveTooSmall: the reserve holds less.
    """
    allotment = _decide(county_id, allotment_id, within, approved_by, at, AllotmentState.APPROVED)
    db.session.flush()
    try:
        ledger.post(
            county_id=county_id,
            reference=f"allotment:{allotment.id}",
            decided_at=at,
            kind=ledger.TransferKind.ALLOTMENT,
            debit=ledger.reserve(),
            credit=ledger.village_budget(allotment.village_id),
            amount=allotment.amount_fen,
        )
    except ledger.InsufficientPoints as short:
        raise ReserveTooSmall(**short.missing_money()) from None
    return allotment


def decline_allotment(
    *, county_id: int, allotment_id: UUID, within: Collection[UUID], declined_by: UUID, at: datetime
) -> Allotment:
    """Close a proposal without moving anything. Raises as ``approve_allotment`` does."""
    return _decide(county_id, allotment_id, within, declined_by, at, AllotmentState.DECLINED)


def _decide(
    county_id: int,
    allotment_id: UUID,
    within: Collection[UUID],
    decided_by: UUID,
    at: datetime,
    state: AllotmentState,
) -> Allotment:
    allotment = db.session.scalar(
        locked(
            select(Allotment).where(
                Allotment.county_id == county_id,
                Allotment.id == allotment_id,
                Allotment.village_id.in_(inside(within)),
            )
        )
    )
    if allotment is None:
        raise AllotmentNotFound()
    if allotment.state is not AllotmentState.PROPOSED:
        raise AllotmentDecided()
    if allotment.proposed_by == decided_by:
        raise ApproverIsProposer()
    allotment.state, allotment.decided_by, allotment.decided_at = state, decided_by, at
    _trace(f"settlement.allotment_{state.value}", allotment, decided_by, at)
    return allotment


def _trace(action: str, allotment: Allotment, actor_id: UUID, at: datetime) -> None:
    audit.record(
        action,
        county_id=allotment.county_id,
        actor_id=actor_id,
        subject=("allotment", allotment.id),
        at=at,
        amount_fen=allotment.amount_fen,
        village_id=str(allotment.village_id),
    )
