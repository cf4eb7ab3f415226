"""What the points policy refuses."""

from app.kernel.errors import Conflict, Invalid


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
