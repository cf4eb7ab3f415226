"""The auditor's list, what of it waits too long, and what was done in whose name."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select
from sqlalchemy.orm import aliased

from app.agreements.morning.deeds import DEEDS, Look
from app.agreements.morning.models import SeenDeed
from app.agreements.morning.words import sentence
from app.agreements.proposals.models import Proposal
from app.kernel.audit.models import AuditEvent
from app.kernel.db import db
from app.kernel.secrets import masked_name
from app.register.identity import queries as identity
from app.register.identity.models import User
from app.register.identity.roles import NAMES, Role

# A keeper's voids within a week: from the next one on, each waits for a tick.
VOIDS_A_WEEK = 3
RINGS_AFTER = timedelta(days=3)
_WEEK = timedelta(days=7)
_OF_ROLES = ("identity.grant_role", "identity.revoke_role")


@dataclass(frozen=True)
class ShownDeed:
    """A deed in words."""

    id: UUID
    at: datetime
    action: str
    what: str
    who: str | None  # masked; none: the command line or the clock
    roles: Sequence[str]  # which they held at that moment, in words
    subject_kind: str
    subject_id: str
    waits: bool  # for an auditor's tick
    seen_at: datetime | None
    seen_by: str | None  # masked
    note: str | None


@dataclass(frozen=True)
class InName:
    """What was done in one person's name: how often by each action, and its sum."""

    county_id: int
    user_id: UUID
    deeds: Mapping[str, tuple[int, int]]


def deeds(
    county_id: int,
    *,
    since: datetime | None,
    only_waiting: bool,
    before: UUID | None,
    limit: int,
) -> list[ShownDeed]:
    """Deeds of value and power in the county, newest first."""
    query = _with_ticks().where(AuditEvent.county_id == county_id, _is_shown())
    if since is not None:
        query = query.where(AuditEvent.at >= since)
    if only_waiting:
        query = query.where(_waits())
    if before is not None:
        query = query.where(AuditEvent.id < before)
    rows = db.session.execute(query.order_by(AuditEvent.id.desc()).limit(limit)).all()
    return _shown(rows)


def deed(county_id: int, event_id: UUID) -> ShownDeed | None:
    """One that the list shows."""
    query = _with_ticks().where(
        AuditEvent.county_id == county_id, AuditEvent.id == event_id, _is_shown()
    )
    return next(iter(_shown(db.session.execute(query).all())), None)


def event(county_id: int, event_id: UUID) -> AuditEvent | None:
    """The event itself, if the list shows it."""
    return db.session.scalar(
        select(AuditEvent).where(
            AuditEvent.county_id == county_id, AuditEvent.id == event_id, _is_shown()
        )
    )


def overdue(at: datetime) -> dict[int, int]:
    """How many deeds nobody has ticked for three days, by county; only where there are some."""
    rows = db.session.execute(
        select(AuditEvent.county_id, func.count())
        .outerjoin(SeenDeed, _is_tick())
        .where(_waits(), AuditEvent.at <= at - RINGS_AFTER)
        .group_by(AuditEvent.county_id)
    )
    return {row[0]: row[1] for row in rows}


def in_name(start: datetime, end: datetime) -> list[InName]:
    """What was done in each person's name from ``start`` on and before ``end``."""
    sums = {deed.sum_of for deed in DEEDS.values() if deed.sum_of}
    rows = db.session.execute(
        select(
            AuditEvent.county_id,
            AuditEvent.actor_id,
            AuditEvent.action,
            func.count(),
            *(func.sum(AuditEvent.details[name].as_integer()) for name in sorted(sums)),
        )
        .where(
            AuditEvent.action.in_(DEEDS),
            AuditEvent.actor_id.is_not(None),
            AuditEvent.at >= start,
            AuditEvent.at < end,
        )
        .group_by(AuditEvent.county_id, AuditEvent.actor_id, AuditEvent.action)
    )
    found: dict[tuple[int, UUID], dict[str, tuple[int, int]]] = defaultdict(dict)
    for county_id, user_id, action, count, *totals in rows:
        total = dict(zip(sorted(sums), totals, strict=True)).get(DEEDS[action].sum_of or "") or 0
        found[county_id, user_id][action] = (count, int(total))
    return [InName(county_id, user_id, deeds) for (county_id, user_id), deeds in found.items()]


def _with_ticks() -> Select[*tuple[Any, ...]]:
    doer, ticker = aliased(User), aliased(User)
    return (
        select(
            AuditEvent,
            doer.name.label("who"),
            ticker.name.label("seen_by"),
            SeenDeed.seen_at,
            SeenDeed.note,
            _waits().label("waits"),
        )
        .outerjoin(SeenDeed, _is_tick())
        .outerjoin(doer, doer.id == AuditEvent.actor_id)
        .outerjoin(ticker, ticker.id == SeenDeed.seen_by)
    )


def _is_tick() -> ColumnElement[bool]:
    return and_(SeenDeed.county_id == AuditEvent.county_id, SeenDeed.event_id == AuditEvent.id)


def _is_shown() -> ColumnElement[bool]:
    return AuditEvent.action.in_(
        [action for action, deed in DEEDS.items() if deed.look is not Look.OWN]
    )


def _waits() -> ColumnElement[bool]:
    """It is for the auditor to tick, and nobody has."""
    ticked = [action for action, deed in DEEDS.items() if deed.look is Look.TICK]
    # A shop names its clerks at its own risk, and tells nobody.
    of_clerk = and_(
        AuditEvent.action.in_(_OF_ROLES), AuditEvent.details["role"].as_string() == Role.CLERK
    )
    return and_(
        SeenDeed.id.is_(None),
        or_(
            and_(AuditEvent.action.in_(ticked), ~of_clerk),
            _is_one_void_too_many(),
            # Above a tenth of a town's visits of the week: rounds.reassign says so itself.
            and_(
                AuditEvent.action == "rounds.reassign",
                AuditEvent.details["is_one_of_many"].as_boolean(),
            ),
        ),
    )


def _is_one_void_too_many() -> ColumnElement[bool]:
    earlier = aliased(AuditEvent)
    voids = (
        select(func.count())
        .where(
            earlier.county_id == AuditEvent.county_id,
            earlier.actor_id == AuditEvent.actor_id,
            earlier.action == "sales.void",
            earlier.id < AuditEvent.id,
            earlier.at > AuditEvent.at - _WEEK,
        )
        .scalar_subquery()
    )
    return and_(AuditEvent.action == "sales.void", voids >= VOIDS_A_WEEK)


def _shown(rows: Sequence[Row[Any]]) -> list[ShownDeed]:
    events = [row.AuditEvent for row in rows]
    held, titles = _roles(events), _proposals(events)
    return [
        ShownDeed(
            id=event.id,
            at=event.at,
            action=event.action,
            what=sentence(event, titles.get(event.subject_id)),
            who=row.who and masked_name(row.who),
            roles=held(event),
            subject_kind=event.subject_kind,
            subject_id=event.subject_id,
            waits=row.waits,
            seen_at=row.seen_at,
            seen_by=row.seen_by and masked_name(row.seen_by),
            note=row.note,
        )
        for row, event in zip(rows, events, strict=True)
    ]


def _roles(events: Sequence[AuditEvent]) -> Callable[[AuditEvent], list[str]]:
    """Which roles the doer of an event held at its moment, in words."""
    grants = identity.grants_ever({event.actor_id for event in events if event.actor_id})

    def held(event: AuditEvent) -> list[str]:
        names = [
            NAMES.get(grant.role, str(grant.role))
            for grant in grants
            if grant.user_id == event.actor_id
            and grant.granted_at <= event.at
            and (grant.revoked_at is None or event.at < grant.revoked_at)
        ]
        return list(dict.fromkeys(names))

    return held


def _proposals(events: Sequence[AuditEvent]) -> dict[str, Proposal]:
    """The proposals that events are about, by their ids as events write them."""
    ids = [UUID(event.subject_id) for event in events if event.subject_kind == "proposal"]
    rows = db.session.scalars(select(Proposal).where(Proposal.id.in_(ids)))
    return {str(row.id): row for row in rows}
