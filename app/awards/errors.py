"""What the points policy refuses."""

from app.kernel.errors import Conflict, Invalid, NotFound


class BadRules(Invalid):
    """Details: the ``keys`` that are missing, unknown or out of range."""

    code = "policy.bad_rules"
    message = "积分规则有误，请检查标出的各项"


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
