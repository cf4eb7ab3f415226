"""What cannot be reviewed, and why."""

from app.kernel.errors import Conflict, Forbidden, NotFound


class SelfCheckNotFound(NotFound):
    code = "self_check.not_found"
    message = "没有找到这条自查记录"


class NotScreenedYet(Conflict):
    code = "self_check.not_screened_yet"
    message = "照片还在处理，请过一会儿再审核"


class AlreadyJudged(Conflict):
    code = "self_check.already_judged"
    message = "这张照片已经有结果了，请审核下一张"


class OwnHousehold(Forbidden):
    code = "self_check.own_household"
    message = "不能审核自己家的照片，请留给别的审核员"
