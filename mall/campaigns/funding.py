"""Funders, and the money they are given and give back: a maker proposes, a checker approves."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.dialects.postgresql import insert

from app.kernel import audit
from app.kernel.db import db
from app.kernel.decisions import DecisionState
from app.kernel.ids import uuid7
from app.messages import notices
from app.points import ledger
from app.register.identity.roles import Role
from app.register.regions import queries as regions
from mall import agreed_moves
from mall.campaigns import queries
from mall.campaigns.errors import (
    CampaignsStillRun,
    FunderNameTaken,
    FundingNotFound,
    FundsTooSmall,
)
from mall.campaigns.models import Direction, Funder, SubsidyFunding
from mall.campaigns.notices import FUNDING_MOVED

KIND = agreed_moves.Kind(
    subject="subsidy_funding",
    actions={
        DecisionState.PROPOSED: "campaigns.propose_funding",
        DecisionState.APPROVED: "campaigns.funding_approved",
        DecisionState.DECLINED: "campaigns.funding_declined",
    },
    details=("direction", "funder_id"),
    not_found=FundingNotFound,
    other_office=True,
    too_small=FundsTooSmall,
)
WATCHERS = (Role.FINANCE, Role.COUNTY_ADMIN, Role.AUDITOR)
TRANSFERS = {
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
        state=DecisionState.PROPOSED,
        proposed_by=proposed_by,
        proposed_at=at,
    )
    agreed_moves.propose(funding, KIND)
    return funding


def approve_funding(
    *, county_id: int, funding_id: UUID, approved_by: UUID, at: datetime
) -> SubsidyFunding:
    """Move the proposed amount.

    Raises:
        FundingNotFound, AlreadyDecided: there is nothing to approve.
        SamePerson, SameHousehold, Related, TooFresh: nobody approves their own proposal.
        SameOffice: finance and an administrator must agree.
        CampaignsStillRun: money is taken back only when the funder's campaigns are over.
        FundsTooSmall: the reserve, or the funder's account, holds less.
    """
    funding = agreed_moves.decide(
        _funding(county_id, funding_id), KIND, to=DecisionState.APPROVED, by=approved_by, at=at
    )
    is_reclaim = funding.direction is Direction.RECLAIM
    if is_reclaim and queries.is_any_unfinished(county_id, funding.funder_id, at=at):
        raise CampaignsStillRun()
    accounts = [ledger.reserve(), ledger.subsidy(funding.funder_id)]
    debit, credit = reversed(accounts) if is_reclaim else accounts
    agreed_moves.post(funding, KIND, TRANSFERS[funding.direction], debit=debit, credit=credit)
    _tell(funding, at)
    return funding


def decline_funding(
    *, county_id: int, funding_id: UUID, declined_by: UUID, at: datetime
) -> SubsidyFunding:
    """Close a proposal without moving anything.

    Raises:
        FundingNotFound, AlreadyDecided, SamePerson, SameHousehold, Related: as
            ``approve_funding``.
    """
    return agreed_moves.decide(
        _funding(county_id, funding_id), KIND, to=DecisionState.DECLINED, by=declined_by, at=at
    )


def _funding(county_id: int, funding_id: UUID) -> Select[SubsidyFunding]:
    return select(SubsidyFunding).where(
        SubsidyFunding.county_id == county_id, SubsidyFunding.id == funding_id
    )


def _tell(funding: SubsidyFunding, at: datetime) -> None:
    about = {
        "funder": queries.funder(funding.county_id, funding.funder_id).name,
        "direction": funding.direction.value,
        "amount_fen": funding.amount_fen,
    }
    root = regions.root(funding.county_id).id
    told = [notices.ToOfficials(role, root, str(funding.id), about) for role in WATCHERS]
    notices.tell(FUNDING_MOVED, told, county_id=funding.county_id, at=at)
