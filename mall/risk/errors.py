"""What cannot be judged, and what waits for a judgement."""

from app.kernel.errors import Conflict, Forbidden, NotFound


class FlagNotFound(NotFound):
    code = "risk.flag_not_found"
    message = "没有找到这条风险提示"


class FlagJudged(Conflict):
    code = "risk.flag_judged"
    message = "这条风险提示已经有人处理了，请刷新后查看"


class OwnShop(Forbidden):
    code = "risk.own_shop"
    message = "不能处理自己商店的风险提示，请交给别的工作人员"
