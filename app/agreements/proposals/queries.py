"""Which proposals somebody may read, and which wait for them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, or_, select, true

from app.agreements.proposals.errors import ProposalNotFound
from app.agreements.proposals.kinds import KINDS, Line, Whoever
from app.agreements.proposals.models import Proposal, ProposalApproval, ProposalState
from app.kernel.db import db
from app.register.identity.caller import Caller
from app.register.identity.models import User
from app.register.identity.roles import Role
from app.register.regions import queries as regions


@dataclass(frozen=True)
class ShownProposal:
    """A proposal in words, for one reader."""

    id: UUID
    kind: str
    title: str
    lines: Sequence[Line]
    state: ProposalState
    reason: str | None
    proposed_by: str | None  # the name, of staff
    proposed_at: datetime
    lapses_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    effective_at: datetime | None
    done_at: datetime | None
    still_needed: int  # how many must yet agree
    is_mine: bool
    may_decide: bool  # the reader is one of those who must agree; others rules may still refuse
    may_stop: bool
    digest: str


def proposals(
    by: Caller,
    *,
    state: ProposalState | None,
    kind: str | None,
    to_decide: bool,
    before: UUID | None,
    limit: int,
) -> list[ShownProposal]:
    """What the caller made, may decide or is told of, newest first.

    ``to_decide``: only what waits for the caller.
    """
    query = select(Proposal).where(Proposal.county_id == by.county_id, concerns(by))
    if state is not None:
        query = query.where(Proposal.state == state)
    if kind is not None:
        query = query.where(Proposal.kind == kind)
    if to_decide:
        query = query.where(
            Proposal.state == ProposalState.PROPOSED,
            Proposal.proposed_by != by.user_id,
            _is_named(by, in_needed=True, in_told=False),
            ~exists().where(
                ProposalApproval.county_id == Proposal.county_id,
                ProposalApproval.proposal_id == Proposal.id,
                ProposalApproval.approved_by == by.user_id,
            ),
        )
    if before is not None:
        query = query.where(Proposal.id < before)
    rows = db.session.scalars(query.order_by(Proposal.id.desc()).limit(limit))
    return [shown(row, by) for row in rows]


def proposal(by: Caller, proposal_id: UUID) -> ShownProposal:
    """One of them. Raises ProposalNotFound."""
    row = db.session.scalar(
        select(Proposal).where(
            Proposal.county_id == by.county_id, Proposal.id == proposal_id, concerns(by)
        )
    )
    if row is None:
        raise ProposalNotFound()
    return shown(row, by)


def pending(county_id: int, kind: str, subject_ids: Collection[object]) -> dict[str, Proposal]:
    """By subject, what of the kind is proposed, or agreed and has not begun; the newest."""
    rows = db.session.scalars(
        select(Proposal)
        .where(
            Proposal.county_id == county_id,
            Proposal.kind == kind,
            Proposal.subject_id.in_([str(one) for one in subject_ids]),
            or_(
                Proposal.state == ProposalState.PROPOSED,
                and_(Proposal.state == ProposalState.APPROVED, Proposal.done_at.is_(None)),
            ),
        )
        .order_by(Proposal.id)
    )
    return {row.subject_id: row for row in rows}


def under_way(
    county_id: int, kinds: Collection[str], names: Collection[str], ids: Collection[UUID]
) -> bool:
    """Whether something of the kinds names one of the ids, and is proposed or has not begun."""
    named = [Proposal.content[name].astext.in_([str(one) for one in ids]) for name in names]
    found = exists().where(
        Proposal.county_id == county_id,
        Proposal.kind.in_(kinds),
        or_(
            Proposal.state == ProposalState.PROPOSED,
            and_(Proposal.state == ProposalState.APPROVED, Proposal.done_at.is_(None)),
        ),
        or_(*named),
    )
    return bool(db.session.scalar(select(found)))


def last_of(by: Caller, kind: str, subject_id: object, *, since: datetime) -> Proposal | None:
    """The newest of the kind and subject that the caller has proposed since then."""
    return db.session.scalar(
        select(Proposal)
        .where(
            Proposal.county_id == by.county_id,
            Proposal.kind == kind,
            Proposal.subject_id == str(subject_id),
            Proposal.proposed_by == by.user_id,
            Proposal.proposed_at > since,
        )
        .order_by(Proposal.id.desc())
        .limit(1)
    )


def open_at(county_id: int, kind: str, region_ids: Collection[UUID]) -> Sequence[Proposal]:
    """What of the kind is proposed for one of the regions, and open."""
    return db.session.scalars(
        select(Proposal).where(
            Proposal.county_id == county_id,
            Proposal.region_id.in_(region_ids),
            Proposal.kind == kind,
            Proposal.state == ProposalState.PROPOSED,
        )
    ).all()


def shown(row: Proposal, by: Caller) -> ShownProposal:
    """The proposal as the caller reads it."""
    kind, given = KINDS[row.kind], approvals(row)
    named = [user for user in (row.proposed_by, row.decided_by) if user is not None]
    found = db.session.execute(select(User.id, User.name).where(User.id.in_(named)))
    names = {user.id: user.name for user in found}
    return ShownProposal(
        id=row.id,
        kind=row.kind,
        title=kind.title(row),
        lines=() if kind.is_hidden and row.proposed_by == by.user_id else kind.lines(row),
        state=row.state,
        reason=row.reason,
        proposed_by=names[row.proposed_by],
        proposed_at=row.proposed_at,
        lapses_at=row.lapses_at,
        decided_by=names[row.decided_by] if row.decided_by is not None else None,
        decided_at=row.decided_at,
        effective_at=row.effective_at,
        done_at=row.done_at,
        still_needed=len(row.needed) - len(given) if row.is_open else 0,
        is_mine=row.proposed_by == by.user_id,
        may_decide=_may_decide(row, given, by),
        may_stop=row.is_coming,
        digest=row.digest,
    )


def approvals(row: Proposal) -> Sequence[ProposalApproval]:
    """Who has agreed so far, the first first."""
    return db.session.scalars(
        select(ProposalApproval)
        .where(
            ProposalApproval.county_id == row.county_id,
            ProposalApproval.proposal_id == row.id,
        )
        .order_by(ProposalApproval.id)
    ).all()


def open_ones(row: Proposal) -> Sequence[Proposal]:
    """What else is proposed of the same kind and subject, and open."""
    return db.session.scalars(
        select(Proposal).where(
            Proposal.county_id == row.county_id,
            Proposal.kind == row.kind,
            Proposal.subject_id == row.subject_id,
            Proposal.state == ProposalState.PROPOSED,
        )
    ).all()


def coming(at: datetime, limit: int, *, by_bank: bool) -> list[tuple[int, UUID]]:
    """County and id of what is agreed and should have begun, the longest due first.

    What the bank's channel does, or all else.
    """
    kinds = [kind.name for kind in KINDS.values() if kind.by_bank == by_bank]
    rows = db.session.execute(
        select(Proposal.county_id, Proposal.id)
        .where(
            Proposal.state == ProposalState.APPROVED,
            Proposal.done_at.is_(None),
            Proposal.effective_at <= at,
            Proposal.kind.in_(kinds),
        )
        .order_by(Proposal.effective_at)
        .limit(limit)
    )
    return [(county_id, proposal_id) for county_id, proposal_id in rows]


def forgotten(at: datetime, limit: int) -> list[tuple[int, UUID]]:
    """County and id of what nobody decided in time."""
    rows = db.session.execute(
        select(Proposal.county_id, Proposal.id)
        .where(Proposal.state == ProposalState.PROPOSED, Proposal.lapses_at <= at)
        .order_by(Proposal.lapses_at)
        .limit(limit)
    )
    return [(county_id, proposal_id) for county_id, proposal_id in rows]


def is_one_of(by: Caller, whoever: Whoever, region_id: UUID) -> bool:
    """Whether the caller is one of these people, for a proposal about the region."""
    return (
        by.user_id in whoever.users
        or (by.household_id is not None and by.household_id in whoever.households)
        or regions.is_inside(region_id, by.places(*whoever.roles))
    )


def concerns(by: Caller) -> ColumnElement[bool]:
    """It is the caller's business: they made it, may decide or are told; an auditor reads all."""
    return or_(
        Proposal.proposed_by == by.user_id,
        _is_named(by, in_needed=True, in_told=True),
        Proposal.region_id.in_(regions.inside(by.places(Role.AUDITOR))),
    )


def _is_named(by: Caller, *, in_needed: bool, in_told: bool) -> ColumnElement[bool]:
    """Whether one of the proposal's circles holds the caller."""
    named: list[tuple[dict[str, list[str]], ColumnElement[bool]]] = [
        ({"roles": [grant.role]}, Proposal.region_id.in_(regions.inside([grant.place_id])))
        for grant in by.grants
    ]
    named.append(({"users": [str(by.user_id)]}, true()))
    if by.household_id is not None:
        named.append(({"households": [str(by.household_id)]}, true()))
    found = []
    for words, where in named:
        if in_needed:
            found.append(and_(Proposal.needed.contains([words]), where))
        if in_told:
            found.append(and_(Proposal.told.contains(words), where))
    return or_(*found)


def _may_decide(row: Proposal, given: Sequence[ProposalApproval], by: Caller) -> bool:
    if not row.is_open or by.user_id in {row.proposed_by, *(one.approved_by for one in given)}:
        return False
    taken = {one.needed_index for one in given}
    free = [Whoever.read(one) for index, one in enumerate(row.needed) if index not in taken]
    return any(is_one_of(by, whoever, row.region_id) for whoever in free)
