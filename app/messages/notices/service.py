"""Writing notices."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from app.kernel.db import db
from app.kernel.ids import uuid7
from app.messages.notices.kinds import NoticeKind, kind_of
from app.messages.notices.models import Notice, NoticeState
from app.register.identity.roles import Role


@dataclass(frozen=True)
class ToHousehold:
    """``topic`` names what it is about: the same kind and topic is told once.

    ``act_of`` is whose act it tells of: somebody else must tell it, by the means of before.
    """

    household_id: UUID
    topic: str
    details: dict[str, Any]
    act_of: UUID | None = None


@dataclass(frozen=True)
class ToUser:
    """For one person, whatever roles they hold."""

    user_id: UUID
    topic: str
    details: dict[str, Any]


@dataclass(frozen=True)
class ToOfficials:
    """For whoever holds the role over the region."""

    role: Role
    region_id: UUID
    topic: str
    details: dict[str, Any]


_WRITE = insert(Notice).on_conflict_do_nothing().returning(Notice.id)


def tell(
    kind: NoticeKind,
    notices: Sequence[ToHousehold | ToUser | ToOfficials],
    *,
    county_id: int,
    at: datetime,
) -> int:
    """Write the notices that were not written before; returns how many those were."""
    assert kind_of(kind.name) is kind, "a kind that is not registered has no words"
    if not notices:
        return 0
    rows = [
        {
            "county_id": county_id,
            "id": uuid7(at),
            "kind": kind.name,
            "household_id": None,
            "user_id": None,
            "role": None,
            "region_id": None,
            "act_of": None,
            "written_at": at,
            "state": NoticeState.WAITING,
            "tries": 0,
            "due_at": at,
            **vars(notice),
        }
        for notice in notices
    ]
    return len(db.session.scalars(_WRITE, rows).all())
