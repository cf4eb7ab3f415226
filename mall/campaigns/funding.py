"""Funders, and the money they are given and give back: a maker proposes, a checker approves."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app.kernel import audit
from app.kernel.db import db, locked
from app.kernel.ids import uuid7
from app.points import ledger
from mall.campaigns import queries
from mall.campaigns.errors import (
    CampaignsStillRun,
    DeciderIsMaker,
    FunderNameTaken,
    FundingDecided,
    FundingNotFound,
    FundsTooSmall,
)
from mall.campaigns.models import Direction, Funder, FundingState, SubsidyFunding

KINDS = {
    Direction.FUNDING: ledger.TransferKind.SUBSIDY_FUNDING,
    Direction.RECLAIM: ledger.TransferKind.SUBSIDY_RECLAIM,
}


def enter_funder(*, county_id: int, name: str, entered_by: UUID, at: datetime) -> Funder:
    """Enter an organisation that pays for campaigns.

    Raises:
        FunderNameTaken: the county has one of this name.
    """
    funder_id = db.session.scalar(
        insert(Funder)
        .values(id=uuid7(at), county_id=county_id, name=name, entered_by=entered_by, entered_at=at)
        .on_conflict_do_nothing(index_elements=["county_id", "name"])
        .returning(Funder.id)
    )
    if funder_id is None:
        raise FunderNameTaken()
    audit.record(
        "campaigns.enter_funder",
        county_id=county_id,
        actor_id=entered_by,
        subject=("funder", funder_id),
        at=at,
    )
    return db.session.get_one(Funder, funder_id)


def propose_funding(
    *,
    county_id: int,
    funder_id: UUID,
    direction: Direction,
    amount_fen: int,
    proposed_by: UUID,
    at: datetime,
) -> SubsidyFunding:
    """Propose to move money of the reserve to a funder's account, or back. Nothing moves yet.

    Raises:
        FunderNotFound: not in this county.
    """
    assert amount_fen > 0, "the schema admits whole fen from 1"
    funding = SubsidyFunding(
        county_id=county_id,
        id=uuid7(at),
        funder_id=queries.funder(county_id, funder_id).id,
        direction=direction,
        amount_fen=amount_fen,
        state=FundingState.PROPOSED,
        proposed_by=proposed_by,
        proposed_at=at,
    )
    db.session.add(funding)
    _trace("campaigns.propose_funding", funding, proposed_by, at)
    return funding


def approve_funding(
    *, county_id: int, funding_id: UUID, approved_by: UUID, at: datetime
) -> SubsidyFunding:
    """Move the proposed amount.

    Raises:
        FundingNotFound, FundingDecided: there is nothing to approve.
        DeciderIsMaker: nobody approves their own proposal.
        CampaignsStillRun: money is taken back only when the funder's campaigns are over.
        FundsTooSmall: the reserve, or the funder's account, holds less.
    """
    funding = _decide(county_id, funding_id, approved_by, at, FundingState.APPROVED)
    is_reclaim = funding.direction is Direction.RECLAIM
    if is_reclaim and queries.is_any_unfinished(county_id, funding.funder_id, at=at):
        raise CampaignsStillRun()
    db.session.flush()
    accounts = [ledger.reserve(), ledger.subsidy(funding.funder_id)]
    debit, credit = reversed(accounts) if is_reclaim else accounts
    try:
        ledger.post(
            county_id=county_id,
            reference=f"subsidy_funding:{funding.id}",
            decided_at=at,
            kind=KINDS[funding.direction],
            debit=debit,
            credit=credit,
            amount=funding.amount_fen,
        )
    except ledger.InsufficientPoints as short:
        raise FundsTooSmall(**short.missing_money()) from None
    return funding


def decline_funding(
    *, county_id: int, funding_id: UUID, declined_by: UUID, at: datetime
) -> SubsidyFunding:
    """Close a proposal without moving anything.

    Raises:
        FundingNotFound, FundingDecided, DeciderIsMaker: as ``approve_funding``.
    """
    return _decide(county_id, funding_id, declined_by, at, FundingState.DECLINED)


def _decide(
    county_id: int, funding_id: UUID, decided_by: UUID, at: datetime, state: FundingState
) -> SubsidyFunding:
    funding = db.session.scalar(
        locked(
            select(SubsidyFunding).where(
                SubsidyFunding.county_id == county_id, SubsidyFunding.id == funding_id
            )
        )
    )
    if funding is None:
        raise FundingNotFound()
    if funding.state is not FundingState.PROPOSED:
        raise FundingDecided()
    if funding.proposed_by == decided_by:
        raise DeciderIsMaker()
    funding.state, funding.decided_by, funding.decided_at = state, decided_by, at
    _trace(f"campaigns.funding_{state.value}", funding, decided_by, at)
    return funding


def _trace(action: str, funding: SubsidyFunding, actor_id: UUID, at: datetime) -> None:
    audit.record(
        action,
        county_id=funding.county_id,
        actor_id=actor_id,
        subject=("subsidy_funding", funding.id),
        at=at,
        direction=funding.direction.value,
        amount_fen=funding.amount_fen,
        funder_id=str(funding.funder_id),
    )
