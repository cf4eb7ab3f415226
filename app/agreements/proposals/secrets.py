"""What a proposal needs of somebody's personal data: sealed, apart from its content, with an end.

The content of a proposal stays as it was proposed, for ever; this is gone after sixty days. The
content names it by a key.
"""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete

from app.agreements.proposals.errors import Forgotten
from app.agreements.proposals.models import ProposalSecret
from app.kernel.db import db
from app.kernel.ids import uuid7
from app.kernel.secrets import vault

# A proposal waits a week and begins days later at most; the rest is for who asks what was decided.
KEPT_FOR = timedelta(days=60)
PURPOSE = "proposals.secret"
GONE = "已删除"  # for a reader of the proposal


def keep(text: str, *, county_id: int, at: datetime) -> str:
    """Keep a text; returns the key, for the content of a proposal."""
    key = uuid7(at)
    sealed = vault().seal(text, _purpose(key))
    db.session.add(ProposalSecret(county_id=county_id, id=key, sealed=sealed, kept_at=at))
    db.session.flush()  # read by the proposal's own functions
    return str(key)


def opened(county_id: int, key: str) -> str | None:
    """The text again; none: its time is over, or the proposal is from before there were keys."""
    try:
        found = db.session.get(ProposalSecret, (county_id, UUID(key)))
    except ValueError:
        return None
    return vault().unseal(found.sealed, _purpose(found.id)) if found is not None else None


def needed(county_id: int, key: str) -> str:
    """The text, to do what was agreed. Raises Forgotten when it is gone."""
    text = opened(county_id, key)
    if text is None:
        raise Forgotten()
    return text


def forget(*, before: datetime) -> None:
    """Delete what was kept before then."""
    db.session.execute(delete(ProposalSecret).where(ProposalSecret.kept_at < before))


def _purpose(key: UUID) -> str:
    """Moved to another row it does not open."""
    return f"{PURPOSE}:{key}"
