"""What the points policy refuses."""

from app.kernel.errors import Conflict, Forbidden, Invalid, NotFound


class BadRules(Invalid):
    """Details: the ``keys`` that are missing, unknown or out of range, and their ``labels``."""

    code = "policy.bad_rules"
    message = "积分规则有误，请检查：{labels}"


class BadBoost(Invalid):
    """Details: the ``number`` of the boost in the list, from 1."""

    code = "policy.bad_boost"
    message = "第 {number} 个积分活动填得不对，请检查名称、规则、起止日期和倍数"


class Absurd(Invalid):
    """Details: the ``keys`` that pay too much, and their ``labels``."""

    code = "policy.absurd"
    message = "这几项一次涨得太多，或者给得太高，请改小：{labels}"
    is_traced = True


class PolicyTooSoon(Invalid):
    """Details: the first day, ``first_on``."""

    code = "policy.too_soon"
    message = "规则批准后至少公示一天，请起草人把生效日期改到 {first_on} 或以后"


class PolicyNotFound(NotFound):
    code = "policy.not_found"
    message = "没有找到这一版积分规则"


class DraftNotFound(NotFound):
    code = "policy.draft_not_found"
    message = "没有找到这份积分规则草稿"


class DraftOfAnother(Forbidden):
    code = "policy.draft_of_another"
    message = "草稿只能由起草人修改或撤回"


class PolicyMovedOn(Conflict):
    """A newer version was approved since. Details: that ``version``."""

    code = "policy.moved_on"
    message = "已经有新的一版规则（第 {version} 版），请起草人对照新规则重新保存草稿"


class NothingChanged(Invalid):
    code = "policy.nothing_changed"
    message = "和现行规则完全一样，没有要批准的内容"


class PolicyTooLate(Invalid):
    code = "policy.too_late"
    message = "积分规则不能从过去的日子开始，请选今天或以后的日期"


class NoPolicy(Conflict):
    code = "policy.none_in_force"
    message = "这个县还没有生效的积分规则，请联系县级管理员"


class AwardNotFound(NotFound):
    code = "award.not_found"
    message = "没有找到这笔奖励"


class NothingToReverse(Conflict):
    code = "award.nothing_to_reverse"
    message = "这笔奖励是 0 分，不需要撤销"


class AwardReversed(Conflict):
    code = "award.reversed"
    message = "这笔奖励已经撤销过了，请刷新后查看"


class AwardTooOld(Conflict):
    """What was left of it has expired, so nobody can say how much of it was spent."""

    code = "award.too_old"
    message = "这笔奖励的积分已经过了有效期，不能再撤销"
