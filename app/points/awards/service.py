"""Deciding what events earn, and paying it out of the village's budget."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from app.kernel import clock
from app.kernel.db import db, locked, savepoint
from app.kernel.ids import derived_uuid7, uuid7
from app.points import ledger
from app.points.awards import debts, queries
from app.points.awards.errors import AwardReversed, AwardTooOld, NothingToReverse
from app.points.awards.models import Award, DebtRepayment, Evidence, Policy
from app.points.awards.payable import Deed, Table, payable, table_of
from app.points.awards.reaching import TakenBack, homes, take_back
from app.points.awards.rules import Rule, Rules
from app.register.households.locking import lock_households
from app.register.identity.roles import Role
from app.register.regions import queries as regions


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
    quantity: int = 1  # what the rule counts, say grams


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
    budget cannot pay now is decided all the same and waits for ``pay``, and so does one that is
    first shown to the public for the policy's ``notice_days``. Call it last in the transaction.

    Raises:
        NoPolicy: the county had no policy in force on the day.
    """
    lock_households(event.household_id for event in events)
    days = {clock.day_of(event.happened_at) for event in events}
    # Held by the session while this is, so that paying does not ask for them again.
    policies = {day: queries.policy_of(county_id, day) for day in days}
    awards = tuple(
        _decided(
            policies[clock.day_of(event.happened_at)],
            event,
            decided_by=decided_by,
            decided_as=decided_as,
            at=at,
        )
        for event in events
    )
    db.session.add_all(awards)
    db.session.flush()
    # Budgets in one order, whoever decides: two decisions never wait for each other's village.
    for award in sorted(awards, key=lambda award: (award.village_id, award.household_id)):
        if award.points and award.notice_until is None:
            _pay_or_leave_waiting(award, at)
    return awards


def pay(*, county_id: int, award_id: UUID, at: datetime) -> bool:
    """Pay an award that waited for its village's budget; returns whether this call paid it.

    One that is still shown to the public waits on.

    Raises:
        ledger.InsufficientPoints: the budget is still used up.
        ledger.AccountFrozen: the village's or the household's account is frozen.
    """
    award = _locked_award(county_id, award_id)
    if not _is_due(award, at):
        return False
    _pay(award, at)
    return True


def pay_many(*, county_id: int, village_id: UUID, award_ids: Sequence[UUID], at: datetime) -> int:
    """Pay awards of one village that waited, in one movement of the ledger; the oldest go first.

    Pays as many as the budget has points for, and leaves those of households that owe, because
    each of their awards repays. Returns how many it paid.

    Raises:
        ledger.InsufficientPoints: the budget was spent at this moment; nothing was paid.
        ledger.AccountFrozen: an account among them is frozen; nothing was paid.
    """
    awards = _locked_awards(county_id, award_ids)
    owing = debts.owing(county_id, [award.household_id for award in awards])
    left = ledger.balance(county_id, ledger.village_budget(village_id)).available
    chosen = []
    for award in awards:
        if award.points > left:
            break
        if _is_due(award, at) and award.household_id not in owing:
            chosen.append(award)
            left -= award.points
    versions = {award.policy_version for award in chosen}
    rules = {version: _rules(county_id, version) for version in versions}
    ledger.award_many(
        county_id=county_id,
        village_id=village_id,
        awards=[
            ledger.Award(
                reference=f"award:{award.id}",
                decided_at=award.decided_at,
                household_id=award.household_id,
                expires_on=_expires_on(award, at, rules[award.policy_version]),
                amount=award.points,
            )
            for award in chosen
        ],
    )
    for award in chosen:
        award.transfer_id = derived_uuid7(award.decided_at, f"award:{award.id}")
        award.paid_at = at
    return len(chosen)


def check_reversible(award: Award, at: datetime) -> None:
    """Raises NothingToReverse, AwardReversed or AwardTooOld when it cannot be reversed."""
    if award.points == 0:
        raise NothingToReverse()
    if award.reversed_at is not None:
        raise AwardReversed()
    if award.paid_at is not None and _expires_on(award, award.paid_at) < clock.day_of(at):
        raise AwardTooOld()


def reverse_bonuses(
    *, county_id: int, sale_id: UUID, because: str, at: datetime
) -> list[tuple[Award, TakenBack]]:
    """Take back the awards for the weight of a sale, as ``reverse`` does.

    What earned nothing, was taken back before or has expired stays as it is.
    """
    taken = []
    for award in queries.bonuses_of_sale(county_id, sale_id):
        with suppress(NothingToReverse, AwardReversed, AwardTooOld):
            back = reverse(county_id=county_id, award_id=award.id, because=because, at=at)
            taken.append((award, back))
    return taken


def reverse(*, county_id: int, award_id: UUID, because: str, at: datetime) -> TakenBack:
    """Take an award back into the village's budget, as far as the household still has its points.

    What it has spent becomes a debt, which later awards repay. Points that never expire are not
    touched. An award that still waits for its budget is simply never paid. ``because`` is read by
    the household.

    Raises:
        NothingToReverse, AwardReversed, AwardTooOld: as ``check_reversible`` says.
        ledger.AccountFrozen: the household's or the village's account is frozen.
    """
    before = queries.award(county_id, award_id)
    if before.is_paid:
        lock_households(homes(before))
    award = _locked_award(county_id, award_id)
    check_reversible(award, at)
    award.reversed_at, award.reversed_because = at, because
    db.session.flush()
    if not award.is_paid:
        return TakenBack(taken=0, owed=0)
    return take_back(award, at)


USABLE_AGAIN = timedelta(days=7)


def usable_again(county_id: int, pieces: Sequence[ledger.Piece], day: date) -> list[ledger.Piece]:
    """Points that come back to a household on a day, with the last days that they then have.

    It is their own, unless it has passed: the household had spent them in time, so it can spend
    them for a week more, and never longer than what is earned on the day.
    """
    if all(piece.expires_on is None or piece.expires_on >= day for piece in pieces):
        return list(pieces)
    earned_now = table_of(queries.policy_of(county_id, day)).rules.last_day(day)
    anew = min(earned_now, day + USABLE_AGAIN)
    return [
        piece
        if piece.expires_on is None or piece.expires_on >= day
        else replace(piece, expires_on=anew)
        for piece in pieces
    ]


def prolong(
    *,
    county_id: int,
    household_id: UUID,
    pieces: Sequence[ledger.Piece],
    reference: str,
    decided_at: datetime,
) -> None:
    """Let a household spend points whose hold has just ended after their last day: ``pieces`` say
    how much of which. Once: an order placed and cancelled each week would keep them for ever."""
    again = usable_again(county_id, pieces, clock.day_of(decided_at))
    for piece, usable in zip(pieces, again, strict=True):
        day = piece.expires_on
        if usable.expires_on == day or ledger.was_prolonged(county_id, household_id, day):
            continue
        ledger.post(
            county_id=county_id,
            reference=f"{reference}:{piece.expires_on}",
            decided_at=decided_at,
            kind=ledger.TransferKind.PROLONGING,
            debit=ledger.household(household_id, piece.expires_on),
            credit=ledger.household(household_id, usable.expires_on),
            amount=piece.amount,
        )


def _locked_award(county_id: int, award_id: UUID) -> Award:
    """The award, after its household: everybody who moves its points takes turns there."""
    lock_households([queries.award(county_id, award_id).household_id])
    return db.session.scalars(
        locked(select(Award).where(Award.county_id == county_id, Award.id == award_id))
    ).one()


def _locked_awards(county_id: int, award_ids: Sequence[UUID]) -> list[Award]:
    """The awards, oldest first, after their households."""
    lock_households(queries.households_of(county_id, award_ids))
    return list(
        db.session.scalars(
            locked(
                select(Award)
                .where(Award.county_id == county_id, Award.id.in_(award_ids))
                .order_by(Award.id)
            )
        )
    )


def _is_due(award: Award, at: datetime) -> bool:
    """Whether it waits for nothing but the village's money."""
    if award.is_paid or award.reversed_at is not None:
        return False
    return award.notice_until is None or award.notice_until < clock.day_of(at)


def _decided(
    policy: Policy, event: Event, *, decided_by: UUID, decided_as: Role, at: datetime
) -> Award:
    county_id, day = policy.county_id, clock.day_of(event.happened_at)
    table = table_of(policy)
    found = payable(
        table,
        Deed(event.rule, day, event.quantity, event.is_official, _places(table, event, day)),
        queries.earned(county_id, event.household_id, event.rule.source, day),
    )
    notice_days = table.rules.notice_days if found.points else 0
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
        happened_at=event.happened_at,
        day=day,
        points=found.points,
        zero_reason=found.zero_reason,
        ordinal=found.ordinal,
        quantity=event.quantity,
        boost=found.boost,
        is_official=event.is_official,
        notice_until=clock.day_of(at) + timedelta(days=notice_days) if notice_days else None,
        decided_by=decided_by,
        decided_as=decided_as,
        decided_at=at,
    )


def _places(table: Table, event: Event, day: date) -> Sequence[UUID]:
    """The village and all it lies in, looked up only when a boost of the day asks for it."""
    for boost in table.boosts:
        if boost.region_id and boost.is_on(event.rule, day, [boost.region_id]):
            return regions.paths([event.village_id])[event.village_id]
    return ()


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
    for debt in debts.open_debts(award.county_id, award.household_id):
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


def _rules(county_id: int, version: int) -> Rules:
    return table_of(queries.policy(county_id, version)).rules


def _expires_on(award: Award, paid_at: datetime, rules: Rules | None = None) -> date:
    """The last day of a paid award's points, by its policy, for the year it was earned in.

    Money that came only after that day still gives points that can be spent.
    """
    paid_on = clock.day_of(paid_at)
    rules = rules or _rules(award.county_id, award.policy_version)
    earned = rules.last_day(award.day)
    return earned if earned >= paid_on else rules.last_day(paid_on)
