"""What people must be told, once: written here, delivered by ``app.messages``."""

from app.notices.models import Notice, NoticeKind, NoticeState
from app.notices.service import ToHousehold, ToOfficials, tell

__all__ = ["Notice", "NoticeKind", "NoticeState", "ToHousehold", "ToOfficials", "tell"]
