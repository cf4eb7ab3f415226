"""What a user has read: everything up to one notice, as a list is read."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import bindparam, func, select
from sqlalchemy.dialects.postgresql import insert

from app.kernel.db import db
from app.kernel.ids import first_id
from app.messages.delivery.models import NoticeMark
from app.messages.notices import Notice
from app.messages.notices.kinds import kind_of

UNREAD_SINCE = timedelta(days=30)  # to who has never read any, older ones are no news
_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True)
class About:
    """What a notice is about, to be opened from it."""

    kind: str
    id: UUID


_MARK = select(NoticeMark.read_until).where(NoticeMark.user_id == bindparam("user_id"))


def read_until(user_id: UUID, at: datetime) -> UUID:
    """The newest notice that counts as read by the user."""
    marked = db.session.scalar(_MARK, {"user_id": user_id})
    return marked or first_id(at - UNREAD_SINCE)


def mark_read(*, user_id: UUID, until: UUID, at: datetime) -> None:
    """The user has read this notice and all before it. Nothing becomes unread again."""
    marked = insert(NoticeMark).values(user_id=user_id, read_until=until, read_at=at)
    newest = func.greatest(NoticeMark.read_until, marked.excluded.read_until)
    db.session.execute(
        marked.on_conflict_do_update(
            index_elements=[NoticeMark.user_id],
            set_={"read_until": newest, "read_at": marked.excluded.read_at},
        )
    )


def about(notice: Notice) -> About | None:
    """What can be opened from the notice; none where there is nothing."""
    kind = kind_of(notice.kind).about
    if kind is None:
        return None
    named = _ID.search(str(notice.details.get(f"{kind}_id", ""))) or _ID.search(notice.topic)
    return About(kind, UUID(named[0])) if named else None
