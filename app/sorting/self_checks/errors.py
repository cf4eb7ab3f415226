"""What cannot be reviewed or appealed against, and why."""

from app.kernel.errors import Conflict, Forbidden, Invalid, NotFound


class SelfCheckNotFound(NotFound):
    code = "self_check.not_found"
    message = "没有找到这条自查记录"


class ReviewNotFound(NotFound):
    code = "review.not_found"
    message = "没有找到这张要审核的照片，请领下一张"


class AlreadyJudged(Conflict):
    code = "review.already_judged"
    message = "这张照片已经有结果了，请审核下一张"


class NotLeased(Conflict):
    """The caller gave it back, or never had it, or somebody else holds it by now."""

    code = "review.not_leased"
    message = "这张照片不在您手上，可能已交给别人审核，请领下一张"


class NotLookedAt(Conflict):
    """The verdict came sooner than anybody can look at a photo."""

    code = "review.not_looked_at"
    message = "还没来得及看照片，请看清楚再判断"


class NotTheirsToJudge(Forbidden):
    """Their own household, a relative's, or one that they speak for."""

    code = "review.own_household"
    message = "不能审核自己家、亲属家或自己联系户的照片，请留给别的审核员"


class NoteMissing(Invalid):
    code = "review.note_missing"
    message = "请写一句话说明理由"


class NothingToAppeal(Conflict):
    code = "appeal.nothing_to_appeal"
    message = "这张照片没有被退回，不用申诉"


class AppealedAlready(Conflict):
    code = "appeal.made_already"
    message = "这张照片已经申诉过了，每张照片只能申诉一次"


class AppealTooLate(Conflict):
    """Details: the ``days`` within which one may appeal."""

    code = "appeal.too_late"
    message = "退回后 {days} 天内可以申诉，现在已经过了时间，请重新拍一张"


class JudgedByThree(Conflict):
    code = "appeal.judged_by_three"
    message = "这张照片已经由三个人看过，结果不再改变；有疑问请到村里问一问"
