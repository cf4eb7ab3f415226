"""Telling a household of a new means or the end of one, by the means that it had before."""

from datetime import datetime
from uuid import UUID

from app.messages import notices
from app.messages.notices import NoticeKind


def tell(
    kind: NoticeKind,
    household_id: UUID,
    about: object,
    *,
    county_id: int,
    act_of: UUID,
    at: datetime,
    details: dict[str, object] | None = None,
) -> None:
    """Tell the household, once for each ``about``: the row that it is about, and its step.

    Whoever did it, or came to the household by it, is not how it hears of it.
    """
    said = notices.ToHousehold(household_id, str(about), details or {}, act_of)
    notices.tell(kind, [said], county_id=county_id, at=at)
