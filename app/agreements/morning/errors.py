"""Why a deed cannot be ticked."""

from app.kernel.errors import Conflict, NotFound


class DeedNotFound(NotFound):
    code = "deeds.not_found"
    message = "没有找到这件事，请刷新清单再看"


class SeenAlready(Conflict):
    code = "deeds.seen"
    message = "这件事已经有人看过并记下了，请刷新清单"
