"""What people must be told, once: written here, delivered by whoever shows or sends it."""

from app.notices.models import Notice, NoticeKind
from app.notices.service import ToHousehold, ToOfficials, tell

__all__ = ["Notice", "NoticeKind", "ToHousehold", "ToOfficials", "tell"]
