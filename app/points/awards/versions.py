"""Versions of the policy: drafted by one person, approved by another, in force from a day.

The county's row is locked before any of its drafts, so that approvals take turns.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.kernel import audit, clock, decisions
from app.kernel.db import db, locked
from app.kernel.ids import uuid7
from app.messages import notices
from app.points.awards import queries
from app.points.awards.boosts import Boost, read_boosts
from app.points.awards.bounds import check_within_reason
from app.points.awards.errors import (
    BadBoost,
    DraftNotFound,
    DraftOfAnother,
    NothingChanged,
    PolicyMovedOn,
    PolicyTooLate,
    PolicyTooSoon,
)
from app.points.awards.models import DraftState, Policy, PolicyDraft
from app.points.awards.notices import POLICY_APPROVED
from app.points.awards.payable import Table, table_of
from app.points.awards.rules import Rules, read_rules
from app.register import trust
from app.register.identity.roles import Role
from app.register.regions import queries as regions

WHO_ARE_TOLD = (Role.COUNTY_ADMIN, Role.AUDITOR)


@dataclass(frozen=True)
class Wanted:
    """What a draft shall say: the keys that differ from the newest version, and its boosts.

    ``boosts`` are all that the version has; None keeps those of the newest version.
    """

    in_force_from: date
    changes: Mapping[str, Any]
    boosts: Sequence[Mapping[str, Any]] | None = None


def open_policy(*, county_id: int, at: datetime) -> Policy:
    """Give a new county its first points policy: the default table, in force from today."""
    return add_policy(
        county_id=county_id,
        table=Table(Rules()),
        in_force_from=clock.day_of(at),
        made_by=None,
        approved_by=None,
        at=at,
    )


def add_policy(
    *,
    county_id: int,
    table: Table,
    in_force_from: date,
    made_by: UUID | None,
    approved_by: UUID | None,
    at: datetime,
) -> Policy:
    """Put the county's next version of the policy in force from a day on.

    Raises:
        PolicyTooLate: the day is past; its awards were made under the policy of then.
    """
    if in_force_from < clock.day_of(at):
        raise PolicyTooLate()
    regions.lock_county(county_id)  # two callers take two numbers
    policy = Policy(
        county_id=county_id,
        version=queries.newest_version(county_id) + 1,
        in_force_from=in_force_from,
        rules=table.rules.as_json(),
        boosts=[boost.as_json() for boost in table.boosts],
        made_by=made_by,
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


def draft(*, county_id: int, wanted: Wanted, made_by: UUID, at: datetime) -> PolicyDraft:
    """Begin the next version from the newest one. Nothing is in force until it is approved.

    Raises:
        BadRules, BadBoost: the table is not whole or not within reason.
        Absurd: it pays too much, or too much more than the newest version.
        NothingChanged: it says what the newest version says.
        PolicyTooLate: the day is past.
    """
    table, based_on = _table(county_id, wanted, at)
    made = PolicyDraft(
        county_id=county_id,
        id=uuid7(at),
        state=DraftState.DRAFT,
        revision=1,
        based_on=based_on,
        in_force_from=wanted.in_force_from,
        proposed_by=made_by,
        proposed_at=at,
        **_as_json(table, at),
    )
    db.session.add(made)
    _trace("awards.draft_policy", made, made_by, at)
    return made


def edit(
    *, county_id: int, draft_id: UUID, wanted: Wanted, edited_by: UUID, at: datetime
) -> PolicyDraft:
    """Write a draft anew, on top of the newest version.

    Raises:
        DraftNotFound, AlreadyDecided, DraftOfAnother: it cannot be changed by this person.
        BadRules, BadBoost, Absurd, NothingChanged, PolicyTooLate: as ``draft`` says.
    """
    found = _own_draft(county_id, draft_id, edited_by)
    table, found.based_on = _table(county_id, wanted, at)
    found.in_force_from = wanted.in_force_from
    for name, value in _as_json(table, at).items():
        setattr(found, name, value)
    found.revision += 1
    _trace("awards.edit_draft", found, edited_by, at)
    return found


def withdraw(*, county_id: int, draft_id: UUID, withdrawn_by: UUID, at: datetime) -> PolicyDraft:
    """Close one's own draft. Raises DraftNotFound, AlreadyDecided, DraftOfAnother."""
    found = _own_draft(county_id, draft_id, withdrawn_by)
    decisions.withdraw(found, to=DraftState.WITHDRAWN, by=withdrawn_by, at=at)
    _trace("awards.withdraw_draft", found, withdrawn_by, at)
    return found


def approve(
    *, county_id: int, draft_id: UUID, digest: str, approved_by: UUID, at: datetime
) -> PolicyDraft:
    """Make a draft the county's next version, in force from its day.

    ``digest`` is that of what the approver has read.

    Raises:
        DraftNotFound, AlreadyDecided: there is nothing to approve.
        MovedOn: it was changed since it was read.
        SamePerson, SameHousehold, Related, TooFresh: nobody approves their own draft.
        PolicyMovedOn: another version was approved since it was written.
        PolicyTooSoon: its day begins in less than 24 hours, or has passed.
    """
    found = _locked_draft(county_id, draft_id)
    trust.check(found, by=approved_by, at=at, read=digest)
    # A whole day, in which everybody can read what will hold.
    first_on = clock.day_of(at + timedelta(hours=48) - timedelta(microseconds=1))
    if found.in_force_from < first_on:
        raise PolicyTooSoon(first_on=first_on.isoformat())
    newest = queries.newest_version(county_id)
    if found.based_on != newest:
        raise PolicyMovedOn(version=newest)
    policy = add_policy(
        county_id=county_id,
        table=Table(read_rules(found.rules), read_boosts(found.boosts)),
        in_force_from=found.in_force_from,
        made_by=found.proposed_by,
        approved_by=approved_by,
        at=at,
    )
    decisions.decide(found, to=DraftState.APPROVED, by=approved_by, at=at)
    found.version = policy.version
    _trace("awards.approve_draft", found, approved_by, at)
    _tell(policy, at)
    return found


def _tell(policy: Policy, at: datetime) -> None:
    """The county's administrators and its auditor have a day to read what will hold."""
    details = {"version": policy.version, "begins": clock.day_text(policy.in_force_from)}
    root = regions.root(policy.county_id)
    told = [
        notices.ToOfficials(role, root.id, str(policy.version), details) for role in WHO_ARE_TOLD
    ]
    notices.tell(POLICY_APPROVED, told, county_id=policy.county_id, at=at)


def _table(county_id: int, wanted: Wanted, at: datetime) -> tuple[Table, int]:
    """The whole table that is wanted, and the version that it was written on."""
    if wanted.in_force_from < clock.day_of(at):
        raise PolicyTooLate()
    newest = queries.policy(county_id, queries.newest_version(county_id))
    before = table_of(newest)
    table = Table(
        read_rules(before.rules.as_json() | dict(wanted.changes)),
        before.boosts if wanted.boosts is None else read_boosts(wanted.boosts),
    )
    if table == before:
        raise NothingChanged()
    check_within_reason(before.rules, table)
    _check_places(county_id, table.boosts)
    return table, newest.version


def _check_places(county_id: int, boosts: Sequence[Boost]) -> None:
    for number, boost in enumerate(boosts, start=1):
        if boost.region_id and regions.region(county_id, boost.region_id) is None:
            raise BadBoost(number=number)


def _as_json(table: Table, at: datetime) -> dict[str, Any]:
    return {
        "rules": table.rules.as_json(),
        "boosts": [boost.as_json() for boost in table.boosts],
        "edited_at": at,
    }


def _own_draft(county_id: int, draft_id: UUID, user_id: UUID) -> PolicyDraft:
    found = _locked_draft(county_id, draft_id)
    decisions.check_open(found)
    if found.proposed_by != user_id:
        raise DraftOfAnother()
    return found


def _locked_draft(county_id: int, draft_id: UUID) -> PolicyDraft:
    """The draft, locked after its county, so that of two who decide the second sees the first."""
    regions.lock_county(county_id)
    found = db.session.scalar(
        locked(
            select(PolicyDraft).where(
                PolicyDraft.county_id == county_id, PolicyDraft.id == draft_id
            )
        )
    )
    if found is None:
        raise DraftNotFound()
    return found


def _trace(action: str, draft: PolicyDraft, actor_id: UUID, at: datetime) -> None:
    audit.record(
        action,
        county_id=draft.county_id,
        actor_id=actor_id,
        subject=("policy_draft", draft.id),
        at=at,
        revision=draft.revision,
        version=draft.version,
        in_force_from=draft.in_force_from.isoformat(),
    )
