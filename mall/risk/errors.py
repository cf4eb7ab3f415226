"""What cannot be judged, and what waits for a judgement."""

from app.kernel.errors import Conflict, NotFound


class FlagNotFound(NotFound):
    code = "risk.flag_not_found"
    message = "没有找到这条风险提示"


class FlagJudged(Conflict):
    code = "risk.flag_judged"
    message = "这条风险提示已经有人处理了，请刷新后查看"
