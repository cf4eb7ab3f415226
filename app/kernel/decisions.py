"""What one person proposes and another decides: the columns, the digest and the decision.

A row that two people make carries its own proposal: who proposed what, and who decided. Whether the
two stand beside each other is asked by ``app.register.trust``, before anything is decided.
"""

import json
from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from hashlib import sha256
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.errors import Conflict, Forbidden


class SamePerson(Forbidden):
    """Who made it, or another account of the same human being, decides about it."""

    code = "trust.same_person"
    message = "自己经办的不能自己复核，请换一位同事"
    is_traced = True


class AlreadyDecided(Conflict):
    code = "decisions.decided"
    message = "这件事已经处理过了，请刷新后查看"


class MovedOn(Conflict):
    """What is proposed now is not what the decider has read. Details: its ``digest`` now."""

    code = "decisions.moved_on"
    message = "内容刚刚改过，请刷新后重新看一遍再处理"


class DecisionState(StrEnum):
    """How far a proposal has come that has no words of its own for it."""

    PROPOSED = "proposed"
    APPROVED = "approved"  # what was proposed has happened
    DECLINED = "declined"


class Decided:
    """The columns that say who decided about a row, and when.

    Whether it has a proposer from the beginning is the table's; most have: ``Proposed``.
    """

    # What a decider reads and agrees to, by attribute: no decision, no personal data.
    CONTENT: ClassVar[tuple[str, ...]]

    if TYPE_CHECKING:
        state: Any  # each table has its own words
        proposed_by: Mapped[UUID | None]
        proposed_at: Mapped[datetime | None]

    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[datetime | None]

    @property
    def is_open(self) -> bool:
        """Somebody has yet to decide."""
        return self.decided_by is None

    @property
    def digest(self) -> str:
        """Names what is proposed now: another content has another digest."""
        return digest_of({name: getattr(self, name) for name in self.CONTENT})


class Proposed(Decided):
    """The columns of a row that somebody proposes by writing it.

    A table whose columns are named otherwise maps the same attributes to them.
    """

    proposed_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    proposed_at: Mapped[datetime]


def two_people(*, maker: str = "proposed_by", is_open: str = "state = 'proposed'") -> Any:
    """What the database holds such a row to; ``is_open`` is SQL for "nobody has decided"."""
    return (
        CheckConstraint(f"decided_by <> {maker}", name="decided_by_another"),
        CheckConstraint(
            f"({is_open}) = (decided_by IS NULL) AND (decided_by IS NULL) = (decided_at IS NULL)",
            name="decision_is_whole",
        ),
    )


def digest_of(content: Mapping[str, Any]) -> str:
    """SHA-256, in hex, of the content as canonical JSON: equal contents have equal digests."""
    canonical = json.dumps(
        content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_plain
    )
    return sha256(canonical.encode()).hexdigest()


def propose(row: Decided, *, to: StrEnum, by: UUID | None) -> None:
    """Note who proposes something of a row that was there before; none: it came by command."""
    row.state, row.proposed_by = to, by


def check_open(row: Decided) -> None:
    """Refuse what was decided already. The caller holds the row's lock. Raises AlreadyDecided."""
    if not row.is_open:
        raise AlreadyDecided()


def check_read(row: Decided, digest: str) -> None:
    """Refuse what is not as it was read, when it had this digest. Raises MovedOn."""
    if digest != row.digest:
        raise MovedOn(digest=row.digest)


def decide(row: Decided, *, to: StrEnum, by: UUID, at: datetime) -> None:
    """Write who decided about the row, and how. The caller holds its lock.

    Raises:
        AlreadyDecided: somebody did.
        SamePerson: nobody decides about what they proposed.
    """
    check_open(row)
    if row.proposed_by == by:
        raise SamePerson()
    row.state, row.decided_by, row.decided_at = to, by, at


def withdraw(row: Decided, *, to: StrEnum, by: UUID, at: datetime) -> None:
    """Close one's own proposal, which needs nobody else. Raises AlreadyDecided."""
    assert row.proposed_by == by, "the caller admits only who proposed it"
    check_open(row)
    row.state, row.decided_by, row.decided_at = to, by, at


def _plain(value: object) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    assert isinstance(value, UUID), f"a proposal holds no {type(value).__name__}"
    return str(value)
