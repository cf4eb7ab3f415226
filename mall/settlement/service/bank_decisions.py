"""What two people say about the bank's word where it does not speak for itself.

One proposes it with a reason, and nothing moves; another approves it, and it happens at once.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app.kernel import audit
from app.kernel.db import db, locked
from app.kernel.decisions import DecisionState, check_open
from app.kernel.ids import uuid7
from app.outside.bank import desk
from app.register import trust
from mall.settlement.errors import (
    BatchAnswered,
    BatchMadeAnew,
    DecisionNotFound,
    DecisionPending,
    LineCannotBe,
    StatementIsBooked,
)
from mall.settlement.models import (
    BankDecision,
    BankDecisionKind,
    EntryClass,
    StatementState,
)
from mall.settlement.service import entries
from mall.settlement.service.confirming import locked_statement, refuse_untrue
from mall.settlement.service.statements import believe, disbelieve, lines_of


@dataclass(frozen=True)
class Said:
    """What somebody proposes about the bank's word, and why."""

    kind: BankDecisionKind
    subject_id: UUID  # the line, the statement file or the payment file
    reason: str
    entry_class: EntryClass | None = None  # what a line is
    cash_out_id: UUID | None = None  # of which payment it is the debit or the return


def propose_decision(
    *, county_id: int, said: Said, proposed_by: UUID, at: datetime
) -> BankDecision:
    """Propose what a line is, that a file is wrong, late, or was never sent. Nothing moves yet.

    Raises:
        LineNotOpen, LineCannotBe, LineKnown: the line needs nobody, or is not that.
        StatementNotFound, StatementIsBooked, AlreadyDecided: the statement file is not to be set
            aside, or taken in.
        app.outside.bank.desk.BatchNotFound, BatchAnswered, BatchMadeAnew: the payment file is not
            to be withdrawn.
        DecisionPending: somebody has proposed something about it.
    """
    is_of_a_line = said.kind is BankDecisionKind.CLASSIFY
    if is_of_a_line and said.entry_class is None:
        raise LineCannotBe()
    columns = {
        "county_id": county_id,
        "id": uuid7(at),
        "kind": said.kind,
        "subject_id": said.subject_id,
        "entry_class": said.entry_class if is_of_a_line else None,
        "cash_out_id": said.cash_out_id if is_of_a_line else None,
        "reason": said.reason,
        "state": DecisionState.PROPOSED,
        "proposed_by": proposed_by,
        "proposed_at": at,
    }
    decision = BankDecision(**columns)
    _check(decision)
    # Of two proposals at the same moment the unique index lets one through.
    added = insert(BankDecision).values(columns).on_conflict_do_nothing().returning(BankDecision.id)
    if db.session.scalar(added) is None:
        raise DecisionPending()
    _trace("settlement.propose_decision", decision, proposed_by, at)
    return db.session.get_one(BankDecision, (county_id, decision.id))


def approve_decision(
    *, county_id: int, decision_id: UUID, read: str | None, approved_by: UUID, at: datetime
) -> BankDecision:
    """Say so too, as the second person: it happens.

    Raises:
        DecisionNotFound, AlreadyDecided: there is nothing to approve.
        SamePerson, SameHousehold, Related: nobody approves their own.
        MovedOn: it is something else than was ``read``.
        And what ``propose_decision`` raises, when the subject has moved on.
    """
    decision = _locked(county_id, decision_id)
    trust.check(decision, by=approved_by, at=at, read=read)
    _check(decision)
    trust.decide(decision, to=DecisionState.APPROVED, by=approved_by, at=at)
    _trace("settlement.approve_decision", decision, approved_by, at)
    db.session.flush()
    _do(decision, at)
    return decision


def decline_decision(
    *, county_id: int, decision_id: UUID, declined_by: UUID, at: datetime
) -> BankDecision:
    """Close another's proposal without doing anything.

    Raises:
        DecisionNotFound, AlreadyDecided: there is nothing to decline.
        SamePerson, SameHousehold, Related: ``declined_by`` is not beside who proposed it.
    """
    decision = _locked(county_id, decision_id)
    trust.decide(decision, to=DecisionState.DECLINED, by=declined_by, at=at)
    _trace("settlement.decline_decision", decision, declined_by, at)
    return decision


def _check_line(decision: BankDecision) -> None:
    assert decision.entry_class is not None, "asked when it was proposed, and by the database"
    entries.check_class(
        county_id=decision.county_id,
        entry_id=decision.subject_id,
        entry_class=decision.entry_class,
        cash_out_id=decision.cash_out_id,
    )


def _classify(decision: BankDecision, at: datetime) -> None:
    assert decision.entry_class is not None, "asked when it was proposed, and by the database"
    entries.classify(
        county_id=decision.county_id,
        entry_id=decision.subject_id,
        entry_class=decision.entry_class,
        cash_out_id=decision.cash_out_id,
        at=at,
    )


def _check_set_aside(decision: BankDecision) -> None:
    statement = locked_statement(decision.county_id, decision.subject_id)
    is_booked = any(entry.entry_class.is_booked for entry in lines_of(statement))
    if statement.state is StatementState.CONFIRMED and is_booked:
        raise StatementIsBooked()


def _set_aside(decision: BankDecision, at: datetime) -> None:
    statement = locked_statement(decision.county_id, decision.subject_id)
    disbelieve(statement, EntryClass.DISMISSED)
    statement.decided_at = at


def _check_take_in(decision: BankDecision) -> None:
    statement = locked_statement(decision.county_id, decision.subject_id)
    check_open(statement)
    refuse_untrue(statement)


def _take_in(decision: BankDecision, at: datetime) -> None:
    statement = locked_statement(decision.county_id, decision.subject_id)
    believe(statement)
    statement.decided_at = at


def _check_withdraw(decision: BankDecision) -> None:
    batch = desk.batch(decision.county_id, decision.subject_id)
    orders = desk.orders_of(batch)
    if batch.withdrawn_at is not None or any(order.is_made_anew for order in orders):
        raise BatchMadeAnew()
    if any(order.state is not desk.OrderState.ACCEPTED for order in orders):
        raise BatchAnswered()


def _withdraw(decision: BankDecision, at: datetime) -> None:
    desk.withdraw(desk.batch(decision.county_id, decision.subject_id), at)


def _check(decision: BankDecision) -> None:
    """Refuse what its subject does not admit, or not any more."""
    match decision.kind:
        case BankDecisionKind.CLASSIFY:
            _check_line(decision)
        case BankDecisionKind.SET_ASIDE:
            _check_set_aside(decision)
        case BankDecisionKind.TAKE_IN:
            _check_take_in(decision)
        case BankDecisionKind.WITHDRAW:
            _check_withdraw(decision)


def _do(decision: BankDecision, at: datetime) -> None:
    match decision.kind:
        case BankDecisionKind.CLASSIFY:
            _classify(decision, at)
        case BankDecisionKind.SET_ASIDE:
            _set_aside(decision, at)
        case BankDecisionKind.TAKE_IN:
            _take_in(decision, at)
        case BankDecisionKind.WITHDRAW:
            _withdraw(decision, at)


def _locked(county_id: int, decision_id: UUID) -> BankDecision:
    """The proposal, locked, so that of two people who decide at once the second is refused."""
    decision = db.session.scalar(
        locked(
            select(BankDecision).where(
                BankDecision.county_id == county_id, BankDecision.id == decision_id
            )
        )
    )
    if decision is None:
        raise DecisionNotFound()
    return decision


def _trace(action: str, decision: BankDecision, actor_id: UUID, at: datetime) -> None:
    audit.record(
        action,
        county_id=decision.county_id,
        actor_id=actor_id,
        subject=("bank_decision", decision.id),
        at=at,
        kind=decision.kind.value,
        subject_id=str(decision.subject_id),
        entry_class=decision.entry_class.value if decision.entry_class else None,
        reason=decision.reason,
    )
