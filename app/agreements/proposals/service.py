"""Proposing, agreeing, refusing, withdrawing and stopping; ``carrying`` does what was agreed."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, update

from app.agreements.proposals import carrying, queries, telling
from app.agreements.proposals.errors import (
    Lapsed,
    NotComing,
    NotYoursToDecide,
    OneMore,
    ProposalNotFound,
    ProposedAlready,
)
from app.agreements.proposals.jobs import begin_what_is_the_banks
from app.agreements.proposals.kinds import (
    CHECK,
    CHECK_SECOND,
    CONCERNED,
    IDENTIFY,
    KINDS,
    LAPSES_AFTER,
    NOW,
    Draft,
    Kind,
    Whoever,
)
from app.agreements.proposals.models import Proposal, ProposalApproval, ProposalState
from app.kernel import audit, decisions
from app.kernel.db import db, locked, savepoint
from app.kernel.decisions import SamePerson
from app.kernel.errors import DomainError, Forbidden
from app.kernel.ids import uuid7
from app.kernel.jobs import defer
from app.register import trust
from app.register.identity.caller import Caller
from app.register.identity.errors import NotApart
from app.register.identity.roles import Role
from app.register.regions import queries as regions


def propose(kind: Kind, draft: Draft, *, by: Caller, at: datetime) -> Proposal:
    """Enter a proposal; nothing changes yet. Whom it needs and who is told have a notice.

    An open one of the caller's own of the same kind and subject is withdrawn by it.

    Raises:
        Forbidden: the caller holds none of the kind's roles over the region.
        ProposedAlready: somebody else has proposed just this, and it is open.
        SamePerson, SameHousehold, Related, Interested: it is about the caller, or their own.
        what the kind's ``check`` refuses.
    """
    is_anybodys = Role.VISITOR in kind.proposers
    if not (is_anybodys or regions.is_inside(draft.region_id, by.places(*kind.proposers))):
        raise Forbidden()
    row = _row(kind, draft, by, at)
    before = NOW[kind.name](row)
    row.before = dict(before) if before is not None else None
    CHECK[kind.name](row, at)
    trust.beside([], by.user_id, concerned=CONCERNED[kind.name](row), at=at)
    _replace_own(row, at)
    if any(one.digest == row.digest for one in queries.open_ones(row)):
        raise ProposedAlready()
    db.session.add(row)
    db.session.flush()  # notices and approvals are asked for by its id
    _trace("proposals.propose", row, by.user_id, at)
    telling.made(row, at)
    return row


@dataclass(frozen=True)
class Approval:
    """A proposal after somebody agreed; with a ``refusal`` it is kept and is not enough."""

    proposal: Proposal
    refusal: DomainError | None = None


def approve(
    *, proposal_id: UUID, digest: str, id_number: str | None = None, by: Caller, at: datetime
) -> Approval:
    """Agree, as one of those whom it needs; the last of them begins the cool-off, or it is done.

    The proposal stays ``proposed`` while somebody else is still needed: OneMore is its refusal.
    Whom it would give what must not be one person's, it is declined for: NotApart is. ``id_number``
    is what the caller has read off the document of whom it is about, where the kind wants that.

    Raises:
        ProposalNotFound: it is none of the caller's business.
        AlreadyDecided, Lapsed: it is not open any more.
        NotYoursToDecide: the caller may only read it.
        OneMore: the caller has agreed, or somebody in their office.
        SamePerson, SameHousehold, Related, Interested: not beside who proposed or agreed, nor
            apart from whom it concerns.
        MovedOn: it is not what the caller has read, or what it would change has changed.
        what the kind's ``check`` and ``check_second``, or without cool-off its ``do``, refuses.
    """
    row = _undecided(proposal_id, by, at)
    given = queries.approvals(row)
    place = _place(row, by, taken={one.needed_index for one in given})
    makers = [row.proposed_by, *(one.approved_by for one in given)]
    trust.beside(makers, by.user_id, concerned=CONCERNED[row.kind](row), at=at)
    CHECK_SECOND[row.kind](row, by.user_id, at)
    decisions.check_read(row, digest)
    carrying.check_not_moved(row)
    try:
        with savepoint():
            IDENTIFY[row.kind](row, id_number, by.user_id, at)
            # Asked again: now it is known whom it is about.
            trust.beside(makers, by.user_id, concerned=CONCERNED[row.kind](row), at=at)
            CHECK[row.kind](row, at)
    except NotApart as refusal:
        decisions.decide(row, to=ProposalState.DECLINED, by=by.user_id, at=at)
        row.reason = refusal.code
        _trace("proposals.refuse", row, by.user_id, at)
        telling.decided(row, at)
        return Approval(row, refusal)
    db.session.add(
        ProposalApproval(
            county_id=row.county_id,
            id=uuid7(at),
            proposal_id=row.id,
            needed_index=place,
            digest=digest,
            approved_by=by.user_id,
            approved_at=at,
        )
    )
    _trace("proposals.approve", row, by.user_id, at)
    if len(given) + 1 < len(row.needed):
        return Approval(row, OneMore(state=str(row.state)))
    row.effective_at = _beginning(row, at)
    decisions.decide(row, to=ProposalState.APPROVED, by=by.user_id, at=at)
    db.session.flush()
    _begin(row, at)
    return Approval(row)


def _begin(row: Proposal, at: datetime) -> None:
    """Do it, if it has no cool-off, and tell; what is the bank's, its worker does and tells."""
    if row.effective_at == at and KINDS[row.kind].by_bank:
        defer(begin_what_is_the_banks)
        return
    if row.effective_at == at:
        carrying.do(row, at)
    telling.decided(row, at)


def refuse(*, proposal_id: UUID, reason: str, by: Caller, at: datetime) -> Proposal:
    """Say no, as one of those whom it needs: that ends it.

    Raises:
        ProposalNotFound, AlreadyDecided, Lapsed, NotYoursToDecide: as ``approve`` does.
        SamePerson: one withdraws one's own; or it is about them, who would never be sent away.
    """
    row = _undecided(proposal_id, by, at)
    _place(row, by, taken=())
    if trust.phones_of(by.user_id) & set(CONCERNED[row.kind](row).about):
        raise SamePerson()
    decisions.decide(row, to=ProposalState.DECLINED, by=by.user_id, at=at)
    row.reason = reason
    _trace("proposals.refuse", row, by.user_id, at)
    telling.decided(row, at)
    return row


def withdraw(*, proposal_id: UUID, by: Caller, at: datetime) -> Proposal:
    """Close one's own proposal. Raises ProposalNotFound, AlreadyDecided, Lapsed, Forbidden."""
    row = _undecided(proposal_id, by, at)
    if row.proposed_by != by.user_id:
        raise Forbidden()
    decisions.withdraw(row, to=ProposalState.WITHDRAWN, by=by.user_id, at=at)
    _trace("proposals.withdraw", row, by.user_id, at)
    telling.decided(row, at)
    return row


def stop(*, proposal_id: UUID, reason: str, by: Caller, at: datetime) -> Proposal:
    """Stop, alone, what was agreed and has not begun; whoever may read it may stop it.

    Raises:
        ProposalNotFound: it is none of the caller's business.
        NotComing: it is not agreed, or done already.
    """
    row = _locked(proposal_id, by)
    if not row.is_coming:
        raise NotComing()
    row.state, row.reason = ProposalState.STOPPED, reason
    row.stopped_by, row.stopped_at = by.user_id, at
    _trace("proposals.stop", row, by.user_id, at)
    telling.decided(row, at)
    return row


def _beginning(row: Proposal, agreed_at: datetime) -> datetime:
    """When what was agreed is done."""
    begins = KINDS[row.kind].begins
    return begins(agreed_at) if begins else agreed_at + timedelta(seconds=row.cool_off_seconds)


def _row(kind: Kind, draft: Draft, by: Caller, at: datetime) -> Proposal:
    subject_kind, subject_id = draft.subject
    told = Whoever(
        roles={*kind.told, *draft.told.roles},
        users=draft.told.users,
        households=draft.told.households,
    )
    seconds = draft.seconds if draft.seconds is not None else kind.seconds
    cool_off = draft.cool_off if draft.cool_off is not None else kind.cool_off
    assert seconds, "without a second person it would be no proposal"
    return Proposal(
        county_id=by.county_id,
        id=uuid7(at),
        kind=kind.name,
        region_id=draft.region_id,
        subject_kind=subject_kind,
        subject_id=str(subject_id),
        content=dict(draft.content),
        needed=[one.written() for one in seconds],
        told=told.written(),
        cool_off_seconds=int(cool_off.total_seconds()),
        state=ProposalState.PROPOSED,
        proposed_by=by.user_id,
        proposed_at=at,
        lapses_at=at + LAPSES_AFTER,
    )


def _replace_own(row: Proposal, at: datetime) -> None:
    db.session.execute(
        update(Proposal)
        .where(
            Proposal.county_id == row.county_id,
            Proposal.kind == row.kind,
            Proposal.subject_id == row.subject_id,
            Proposal.proposed_by == row.proposed_by,
            Proposal.state == ProposalState.PROPOSED,
        )
        .values(state=ProposalState.WITHDRAWN, decided_by=row.proposed_by, decided_at=at)
    )


def _place(row: Proposal, by: Caller, taken: Collection[int]) -> int:
    """As whom the caller can agree: the first place that is free, in ``needed``."""
    fitting = [
        index
        for index, kept in enumerate(row.needed)
        if queries.is_one_of(by, Whoever.read(kept), row.region_id)
    ]
    if not fitting:
        raise NotYoursToDecide()
    free = [index for index in fitting if index not in taken]
    if not free:
        raise OneMore(state=str(row.state))
    return free[0]


def _undecided(proposal_id: UUID, by: Caller, at: datetime) -> Proposal:
    row = _locked(proposal_id, by)
    decisions.check_open(row)
    if row.lapses_at <= at:
        raise Lapsed()
    return row


def _locked(proposal_id: UUID, by: Caller) -> Proposal:
    """The proposal, if the caller may read it; of two who decide, the second sees the first."""
    row = db.session.scalar(
        locked(
            select(Proposal).where(
                Proposal.county_id == by.county_id,
                Proposal.id == proposal_id,
                queries.concerns(by),
            )
        )
    )
    if row is None:
        raise ProposalNotFound()
    return row


def _trace(action: str, row: Proposal, actor_id: UUID, at: datetime) -> None:
    audit.record(
        action,
        county_id=row.county_id,
        actor_id=actor_id,
        subject=("proposal", row.id),
        at=at,
        kind=row.kind,
        digest=row.digest,
        reason=row.reason,
    )
