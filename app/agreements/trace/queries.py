"""Any act by anybody on anybody's data, found in the trace of one county."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, and_, or_, select

from app.agreements.trace.words import role, said
from app.kernel import clock
from app.kernel.audit.models import AuditEvent, AuditSeal
from app.kernel.db import db
from app.kernel.ids import first_id
from app.kernel.secrets import masked_name
from app.register.identity.models import User


@dataclass(frozen=True)
class Sought:
    """What narrows the trace; what is None narrows nothing."""

    user_id: UUID | None = None
    household_id: UUID | None = None
    subject_kind: str | None = None
    subject_id: str | None = None
    action: str | None = None
    request_id: str | None = None
    from_on: date | None = None
    to_on: date | None = None


@dataclass(frozen=True)
class ShownEvent:
    """An event, with its act in words and its doer masked."""

    id: UUID
    at: datetime
    action: str
    what: str
    user_id: UUID | None
    who: str | None
    roles: Sequence[str]
    household_id: UUID | None
    subject_kind: str
    subject_id: str
    reason: str | None
    channel: str | None
    request_id: str | None
    details: dict[str, Any]
    seal_number: int | None


def events(county_id: int, sought: Sought, *, before: UUID | None, limit: int) -> list[ShownEvent]:
    """Events of the county, newest first."""
    query = (
        select(AuditEvent, User.name, _seal_number().label("seal_number"))
        .outerjoin(User, User.id == AuditEvent.actor_id)
        .where(AuditEvent.county_id == county_id, *_narrowed(sought))
    )
    if before is not None:
        query = query.where(AuditEvent.id < before)
    rows = db.session.execute(query.order_by(AuditEvent.id.desc()).limit(limit))
    return [_shown(event, name, seal_number) for event, name, seal_number in rows]


def _narrowed(sought: Sought) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if sought.user_id is not None:
        found.append(AuditEvent.actor_id == sought.user_id)
    if sought.household_id is not None:
        found.append(_is_about(sought.household_id))
    if sought.subject_kind is not None:
        found.append(AuditEvent.subject_kind == sought.subject_kind)
    if sought.subject_id is not None:
        found.append(AuditEvent.subject_id == sought.subject_id)
    if sought.action is not None:
        found.append(AuditEvent.action == sought.action)
    if sought.request_id is not None:
        found.append(AuditEvent.request_id == sought.request_id)
    # Ids begin with the instant of the deed.
    if sought.from_on is not None:
        found.append(AuditEvent.id >= first_id(clock.day_start(sought.from_on)))
    if sought.to_on is not None:
        found.append(AuditEvent.id < first_id(clock.day_end(sought.to_on)))
    return found


def _is_about(household_id: UUID) -> ColumnElement[bool]:
    """Also a relation of two households, which stands under one of them."""
    return or_(
        AuditEvent.household_id == household_id,
        and_(
            AuditEvent.subject_kind == "household_relation",
            AuditEvent.details["other_id"].as_string() == str(household_id),
        ),
    )


def _seal_number() -> ScalarSelect[int]:
    """The seal that an event lies under."""
    return (
        select(AuditSeal.number)
        .where(
            AuditSeal.county_id == AuditEvent.county_id, AuditSeal.commits_before > AuditEvent.xact
        )
        .order_by(AuditSeal.commits_before)
        .limit(1)
        .scalar_subquery()
    )


def _shown(event: AuditEvent, name: str | None, seal_number: int | None) -> ShownEvent:
    return ShownEvent(
        id=event.id,
        at=event.at,
        action=event.action,
        what=said(event.action),
        user_id=event.actor_id,
        who=name and masked_name(name),
        roles=[role(acted_as) for acted_as in event.acted_as or ()],
        household_id=event.household_id,
        subject_kind=event.subject_kind,
        subject_id=event.subject_id,
        reason=event.reason,
        channel=event.channel,
        request_id=event.request_id,
        details=event.details,
        seal_number=seal_number,
    )
