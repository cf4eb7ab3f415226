"""Deciding what events earn, and paying it out of the village's budget."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select

from app import audit, ledger
from app.awards import queries
from app.awards.errors import PolicyTooLate
from app.awards.models import Award, Evidence, Policy, ZeroReason
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
    award = db.session.scalars(
        locked(select(Award).where(Award.county_id == county_id, Award.id == award_id))
    ).one()
    if award.is_paid:
        return False
    _pay(award, at)
    return True


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
    posted = ledger.post(
        county_id=award.county_id,
        reference=f"award:{award.id}",
        decided_at=award.decided_at,
        kind=ledger.TransferKind.AWARD,
        debit=ledger.village_budget(award.village_id),
        credit=ledger.household(award.household_id, expires_on=_last_day(award.day)),
        amount=award.points,
    )
    award.transfer_id, award.paid_at = posted.id, at


def _last_day(day: date) -> date:
    """The last day on which points earned on ``day`` can be spent."""
    return date(day.year + 1, 3, 31)
