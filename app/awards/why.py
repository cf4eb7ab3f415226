"""Answers to "why did I get this?", in words for the household."""

from app.awards.models import Award, ZeroReason
from app.awards.rules import Rule, Source
from app.identity.roles import Role

_DEEDS = {
    Rule.SELF_CHECK: "自查照片审核通过",
    Rule.CHECKED_A: "上门检查评为 A 级",
    Rule.CHECKED_B: "上门检查评为 B 级",
    Rule.CHECKED_C: "上门检查评为 C 级",
    Rule.INSPECTION: "上门检查了一户",
}
# A check is named for where it was made, which follows from who made it.
_CHECKS = {Role.BOOTH_KEEPER: "投放点检查", Role.COLLECTOR: "收集时检查"}
_SOURCES = {Source.SELF_CHECK: "自查", Source.CHECKED: "被查", Source.INSPECTION: "督查"}
_ZEROS = {
    ZeroReason.NOTHING_FOR_RULE: "按积分规则这次不得分",
    ZeroReason.DAY_CAP: "当天的{source}积分已经领过了，这次不再计分",
    ZeroReason.MONTH_CAP: "当月的{source}积分已经领满了，这次不再计分",
    ZeroReason.OFFICIAL: "干部上门检查不计积分",
}


def sentence(award: Award) -> str:
    """What happened and what it earned, say "自查照片审核通过，得 5 分"."""
    deed = _deed(award)
    if award.zero_reason is not None:
        zero = _ZEROS[award.zero_reason].format(source=_SOURCES[award.source])
        return f"{deed}，{zero}"
    if award.reversed_because is not None:
        return f"{deed}，{award.points} 分后来撤销了，原因：{award.reversed_because}"
    if award.transfer_id is None:
        return f"{deed}，{award.points} 分等村里的积分预算到账后自动发放"
    if award.repaid:
        return f"{deed}，得 {award.points} 分，其中 {award.repaid} 分抵了之前欠的积分"
    return f"{deed}，得 {award.points} 分"


def _deed(award: Award) -> str:
    deed = _DEEDS[award.rule]
    if award.source is Source.CHECKED and award.decided_as in _CHECKS:
        return deed.replace("上门检查", _CHECKS[award.decided_as])
    return deed
