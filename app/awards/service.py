"""Deciding what events earn, and paying it out of the village's budget."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select

from app import audit, ledger
from app.awards import queries
from app.awards.errors import AwardReversed, AwardTooOld, NothingToReverse, PolicyTooLate
from app.awards.models import Award, Debt, DebtRepayment, Evidence, Policy, ZeroReason
from app.awards.rules import Rule, Rules, Source, read_rules
from app.households.models import Household
from app.identity.roles import Role
from app.kernel import clock
from app.kernel.db import db, locked, savepoint
from app.kernel.ids import uuid7
from app.regions.models import County


@dataclass(frozen=True)
class Event:
    """Something that a household did or that was seen at it, which may earn points."""

    household_id: UUID
    village_id: UUID  # whose budget pays
    rule: Rule
    evidence_kind: Evidence
    evidence_id: UUID
    happened_at: datetime  # by the server's clock; its day in China counts for caps and expiry
    is_official: bool = False  # whether the person who earned it holds a public office


@dataclass(frozen=True)
class TakenBack:
    """What a reversal did: points that left the household, and points that it owes since."""

    taken: int
    owed: int


def open_policy(*, county_id: int, at: datetime) -> Policy:
    """Give a new county its first points policy: the default table, in force from today."""
    return add_policy(
        county_id=county_id, rules=Rules(), in_force_from=clock.day_of(at), approved_by=None, at=at
    )


def add_policy(
    *,
    county_id: int,
    rules: Rules,
    in_force_from: date,
    approved_by: UUID | None,
    at: datetime,
) -> Policy:
    """Put the county's next version of the policy in force from a day on.

    Raises:
        PolicyTooLate: the day is past; its awards were made under the policy of then.
    """
    if in_force_from < clock.day_of(at):
        raise PolicyTooLate()
    # The county's lock makes two callers take two numbers.
    db.session.scalars(locked(select(County.id).where(County.id == county_id))).one()
    policy = Policy(
        county_id=county_id,
        version=queries.newest_version(county_id) + 1,
        in_force_from=in_force_from,
        rules=rules.as_json(),
        approved_by=approved_by,
        approved_at=at,
    )
    db.session.add(policy)
    db.session.flush()  # awards refer to it without a relationship
    audit.record(
        "awards.add_policy",
        county_id=county_id,
        actor_id=approved_by,
        subject=("policy", policy.version),
        at=at,
    )
    return policy


def lock_households(household_ids: Iterable[UUID]) -> None:
    """Make everybody who decides about these households take turns, until the commit.

    ``decide`` does this itself. A service that first writes rows that refer to a household calls
    it before: a row that refers to another locks it too, and two of them could not both go on.
    """
    db.session.scalars(
        locked(
            select(Household.id)
            .where(Household.id.in_(sorted(set(household_ids))))
            .order_by(Household.id)
        )
    ).all()


def decide(
    *,
    county_id: int,
    events: Sequence[Event],
    decided_by: UUID,
    decided_as: Role,
    at: datetime,
) -> tuple[Award, ...]:
    """Decide what each event earns under the policy of its day, and pay it.

    An event beyond a cap is recorded with 0 points and the reason. An award that the village's
    budget cannot pay now is decided all the same and waits for ``pay``. Call it last in the
    transaction.

    Raises:
        NoPolicy: the county had no policy in force on the day.
    """
    lock_households(event.household_id for event in events)
    awards = tuple(
        _decided(county_id, event, decided_by=decided_by, decided_as=decided_as, at=at)
        for event in events
    )
    db.session.add_all(awards)
    db.session.flush()
    # Budgets in one order, whoever decides: two decisions never wait for each other's village.
    for award in sorted(awards, key=lambda award: (award.village_id, award.household_id)):
        if award.points:
            _pay_or_leave_waiting(award, at)
    return awards


def pay(*, county_id: int, award_id: UUID, at: datetime) -> bool:
    """Pay an award that waited for its village's budget; returns whether this call paid it.

    Raises:
        ledger.InsufficientPoints: the budget is still used up.
        ledger.AccountFrozen: the village's or the household's account is frozen.
    """
    award = _locked_award(county_id, award_id)
    if award.is_paid or award.reversed_at is not None:
        return False
    _pay(award, at)
    return True


def check_reversible(award: Award, at: datetime) -> None:
    """Raises NothingToReverse, AwardReversed or AwardTooOld when it cannot be reversed."""
    if award.points == 0:
        raise NothingToReverse()
    if award.reversed_at is not None:
        raise AwardReversed()
    if award.paid_at is not None and _expires_on(award, award.paid_at) < clock.day_of(at):
        raise AwardTooOld()


def reverse(*, county_id: int, award_id: UUID, because: str, at: datetime) -> TakenBack:
    """Take an award back into the village's budget, as far as the household still has its points.

    What it has spent becomes a debt, which later awards repay. Points that never expire are not
    touched. An award that still waits for its budget is simply never paid. ``because`` is read by
    the household.

    Raises:
        NothingToReverse, AwardReversed, AwardTooOld: as ``check_reversible`` says.
        ledger.AccountFrozen: the household's or the village's account is frozen.
    """
    award = _locked_award(county_id, award_id)
    check_reversible(award, at)
    award.reversed_at, award.reversed_because = at, because
    db.session.flush()
    if not award.is_paid:
        return TakenBack(taken=0, owed=0)
    pieces = ledger.take_back(
        county_id=county_id,
        household_id=award.household_id,
        reference=f"reversal:{award.id}",
        decided_at=at,
        kind=ledger.TransferKind.REVERSAL,
        credit=ledger.village_budget(award.village_id),
        amount=award.points,
    )
    taken = sum(piece.amount for piece in pieces)
    if taken < award.points:
        db.session.add(
            Debt(
                county_id=county_id,
                id=uuid7(at),
                household_id=award.household_id,
                village_id=award.village_id,
                award_id=award.id,
                points=award.points - taken,
                arose_at=at,
            )
        )
    return TakenBack(taken=taken, owed=award.points - taken)


def last_day(day: date) -> date:
    """The last day on which points earned on ``day`` can be spent."""
    return date(day.year + 1, 3, 31)


def last_day_of_returned(expires_on: date | None, today: date) -> date | None:
    """The last day of points that come back to a household: their own, unless it has passed.

    It had spent them in time, so they come back as if they were earned today.
    """
    if expires_on is None or expires_on >= today:
        return expires_on
    return last_day(today)


def _locked_award(county_id: int, award_id: UUID) -> Award:
    """The award, after its household: everybody who moves its points takes turns there."""
    lock_households([queries.award(county_id, award_id).household_id])
    return db.session.scalars(
        locked(select(Award).where(Award.county_id == county_id, Award.id == award_id))
    ).one()


def _decided(
    county_id: int, event: Event, *, decided_by: UUID, decided_as: Role, at: datetime
) -> Award:
    day = clock.day_of(event.happened_at)
    policy = queries.policy_of(county_id, day)
    points, zero_reason, ordinal = _worth(county_id, event, read_rules(policy.rules), day)
    return Award(
        county_id=county_id,
        id=uuid7(at),
        household_id=event.household_id,
        village_id=event.village_id,
        source=event.rule.source,
        rule=event.rule,
        policy_version=policy.version,
        evidence_kind=event.evidence_kind,
        evidence_id=event.evidence_id,
        day=day,
        points=points,
        zero_reason=zero_reason,
        ordinal=ordinal,
        decided_by=decided_by,
        decided_as=decided_as,
        decided_at=at,
    )


def _worth(
    county_id: int, event: Event, rules: Rules, day: date
) -> tuple[int, ZeroReason | None, int | None]:
    """Points, the reason when there are none, and the place among the paid ones of the day."""
    source, tariff = event.rule.source, rules.tariff(event.rule)
    if source is Source.INSPECTION and event.is_official and not rules.inspection_pays_officials:
        return 0, ZeroReason.OFFICIAL, None
    if tariff.points == 0:
        return 0, ZeroReason.NOTHING_FOR_RULE, None
    earned = queries.earned(county_id, event.household_id, source, day)
    if tariff.paid_per_day is not None and earned.times_on_day >= tariff.paid_per_day:
        return 0, ZeroReason.DAY_CAP, None
    if (
        tariff.points_per_day is not None
        and earned.points_on_day + tariff.points > tariff.points_per_day
    ):
        return 0, ZeroReason.DAY_CAP, None
    if tariff.paid_per_month is not None and earned.times_in_month >= tariff.paid_per_month:
        return 0, ZeroReason.MONTH_CAP, None
    return tariff.points, None, earned.times_on_day + 1


def _pay_or_leave_waiting(award: Award, at: datetime) -> None:
    try:
        # A refusal of the ledger undoes the savepoint, not the decision.
        with savepoint():
            _pay(award, at)
    except (ledger.InsufficientPoints, ledger.AccountFrozen):
        return


def _pay(award: Award, at: datetime) -> None:
    home = ledger.household(award.household_id, _expires_on(award, at))
    posted = ledger.post(
        county_id=award.county_id,
        reference=f"award:{award.id}",
        decided_at=award.decided_at,
        kind=ledger.TransferKind.AWARD,
        debit=ledger.village_budget(award.village_id),
        credit=home,
        amount=award.points,
    )
    award.transfer_id, award.paid_at = posted.id, at
    _repay(award, home, at)


def _repay(award: Award, home: ledger.Account, at: datetime) -> None:
    """Pay off what the household owes out of an award that it has just got.

    The award is posted in full and goes back in part, so that both are seen in the ledger. The
    household's row is locked, so what it owes does not change meanwhile.
    """
    for debt in queries.open_debts(award.county_id, award.household_id):
        points = min(debt.points, award.points - award.repaid)
        if points == 0:
            return
        posted = ledger.post(
            county_id=award.county_id,
            reference=f"repayment:{award.id}:{debt.id}",
            decided_at=award.decided_at,
            kind=ledger.TransferKind.REPAYMENT,
            debit=home,
            credit=ledger.village_budget(debt.village_id),
            amount=points,
        )
        repayment = DebtRepayment(
            county_id=award.county_id,
            id=uuid7(at),
            debt_id=debt.id,
            award_id=award.id,
            points=points,
            transfer_id=posted.id,
            repaid_at=at,
        )
        db.session.add(repayment)
        award.repaid += points


def _expires_on(award: Award, paid_at: datetime) -> date:
    """The last day of a paid award's points: of the year it was earned in.

    Money that came only after that day still gives points that can be spent.
    """
    paid_on = clock.day_of(paid_at)
    earned = last_day(award.day)
    return earned if earned >= paid_on else last_day(paid_on)
