"""Telling the owners of what somebody of the county did to their goods."""

from datetime import datetime
from uuid import UUID

from app.messages import notices
from app.messages.notices import NoticeKind
from mall.merchants import queries as merchants


def tell_owners(
    kind: NoticeKind,
    merchant_id: UUID,
    about: object,
    *,
    county_id: int,
    by: UUID,
    at: datetime,
    details: dict[str, object],
) -> None:
    """Tell the owners once for each ``about`` and moment; nobody, if one of them did it."""
    owners = merchants.owners(merchant_id)
    if by in owners:
        return
    told = [notices.ToUser(owner, f"{about}:{at.isoformat()}", details) for owner in sorted(owners)]
    notices.tell(kind, told, county_id=county_id, at=at)
