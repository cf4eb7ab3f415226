"""What people must be told, once: written here, delivered by ``app.messages.delivery``."""

from app.messages.notices.models import Notice, NoticeKind, NoticeState
from app.messages.notices.service import ToHousehold, ToOfficials, tell

__all__ = ["Notice", "NoticeKind", "NoticeState", "ToHousehold", "ToOfficials", "tell"]
