"""What people must be told, once: written here, delivered by ``app.messages.delivery``."""

from app.messages.notices.kinds import NoticeKind, Words, is_much, never, notice_kind
from app.messages.notices.models import Notice, NoticeState
from app.messages.notices.service import ToHousehold, ToOfficials, ToUser, tell

__all__ = [
    "Notice",
    "NoticeKind",
    "NoticeState",
    "ToHousehold",
    "ToOfficials",
    "ToUser",
    "Words",
    "is_much",
    "never",
    "notice_kind",
    "tell",
]
