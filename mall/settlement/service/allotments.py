"""Money of the reserve goes to a village's budget: a maker proposes, a checker approves."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, select

from app.kernel.db import db
from app.kernel.decisions import DecisionState
from app.kernel.ids import uuid7
from app.points import ledger
from app.points.budgets import queries as budgets
from app.register.regions.models import Region, RegionKind
from app.register.regions.queries import inside
from mall import agreed_moves
from mall.settlement.errors import AllotmentNotFound, ReserveTooSmall, VillageNotFound
from mall.settlement.models import Allotment

NEED_DAYS = 90
ALWAYS_FEN = 200_000  # so much may always be given by two of finance: a village that begins
KIND = agreed_moves.Kind(
    subject="allotment",
    actions={
        DecisionState.PROPOSED: "settlement.propose_allotment",
        DecisionState.APPROVED: "settlement.allotment_approved",
        DecisionState.DECLINED: "settlement.allotment_declined",
    },
    details=("village_id",),
    not_found=AllotmentNotFound,
    other_office=False,  # a county with two finance officers needs no administrator; see _is_much
    too_small=ReserveTooSmall,
)


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
        state=DecisionState.PROPOSED,
        proposed_by=proposed_by,
        proposed_at=at,
    )
    agreed_moves.propose(allotment, KIND)
    return allotment


def approve_allotment(
    *, county_id: int, allotment_id: UUID, within: Collection[UUID], approved_by: UUID, at: datetime
) -> Allotment:
    """Move the proposed amount from the reserve to the village's budget.

    Raises:
        AllotmentNotFound, AlreadyDecided: there is nothing to approve.
        SamePerson, SameHousehold, Related: nobody approves their own proposal.
        SameOffice: so much takes finance and an administrator.
        ReserveTooSmall: the reserve holds less.
    """
    allotment = agreed_moves.decide(
        _allotment(county_id, allotment_id, within),
        KIND,
        to=DecisionState.APPROVED,
        by=approved_by,
        at=at,
        other_office=lambda move: _is_much(move, at),
    )
    agreed_moves.post(
        allotment,
        KIND,
        ledger.TransferKind.ALLOTMENT,
        debit=ledger.reserve(),
        credit=ledger.village_budget(allotment.village_id),
    )
    return allotment


def _is_much(allotment: Allotment, at: datetime) -> bool:
    """Whether it is more than the village's households could earn in ninety days."""
    if allotment.amount_fen <= ALWAYS_FEN:
        return False
    need_fen = budgets.need(allotment.county_id, allotment.village_id, days=NEED_DAYS, at=at)
    return allotment.amount_fen > need_fen


def decline_allotment(
    *, county_id: int, allotment_id: UUID, within: Collection[UUID], declined_by: UUID, at: datetime
) -> Allotment:
    """Close a proposal without moving anything. Raises as ``approve_allotment`` does."""
    return agreed_moves.decide(
        _allotment(county_id, allotment_id, within),
        KIND,
        to=DecisionState.DECLINED,
        by=declined_by,
        at=at,
    )


def _allotment(county_id: int, allotment_id: UUID, within: Collection[UUID]) -> Select[Allotment]:
    return select(Allotment).where(
        Allotment.county_id == county_id,
        Allotment.id == allotment_id,
        Allotment.village_id.in_(inside(within)),
    )
