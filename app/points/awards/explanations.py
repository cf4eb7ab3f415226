"""Answers to "why did I get this?", in words for the household."""

from dataclasses import dataclass
from datetime import date, timedelta

from app.kernel import clock
from app.points.awards.boosts import read_boosts
from app.points.awards.models import Award, Evidence, Policy, ZeroReason
from app.points.awards.rules import LINES, Rule, Source, read_rules
from app.register.identity.roles import Role

_DEEDS = {
    Rule.SELF_CHECK: "自查照片审核通过",
    Rule.CHECKED_A: "上门检查评为 A 级",
    Rule.CHECKED_B: "上门检查评为 B 级",
    Rule.CHECKED_C: "上门检查评为 C 级",
    Rule.INSPECTION: "上门检查了一户",
    Rule.SALE_BONUS: "卖可回收物，按重量另奖",
    Rule.RANK_MONTH: "本月在组里排在最前面",
    Rule.RANK_MONTH_NEXT: "本月在组里排在前面",
    Rule.RANK_HALF_YEAR: "半年里在村里排在前面",
    Rule.RANK_YEAR: "全年在村里排在前面",
    Rule.SCORE: "这一期剩下的底分折算积分",
    Rule.LOW_VALUE_BONUS: "卖玻璃、旧衣物或薄膜，另有奖励",
}
_SOURCES = {
    Source.SELF_CHECK: "自查",
    Source.CHECKED: "被查",
    Source.INSPECTION: "督查",
    Source.SALE: "卖可回收物",
    Source.LOW_VALUE: "卖可回收物",
    Source.SCORE: "底分",
    Source.RANK: "排名",
}
# A check is named for where it was made, which follows from who made it.
_CHECKS = {Role.BOOTH_KEEPER: "投放点检查", Role.COLLECTOR: "收集时检查"}
_ZEROS = {
    ZeroReason.NOTHING_FOR_RULE: "按积分规则这次不得分",
    ZeroReason.DAY_CAP: "当天的{source}积分已经领过了，这次不再计分",
    ZeroReason.MONTH_CAP: "当月的{source}积分已经领满了，这次不再计分",
    ZeroReason.OFFICIAL: "干部上门检查不计积分",
}
_EVIDENCE = {
    Evidence.SELF_CHECK: "自查照片",
    Evidence.CHECK: "上门检查记录",
    Evidence.SALE: "称重记录",
    Evidence.SCORE: "得分表",
    Evidence.PLACE: "排名表",
}
_DECIDERS = {
    Role.REVIEWER: "审核员",
    Role.LIAISON: "联系党员",
    Role.INSPECTOR: "督查员",
    Role.COLLECTOR: "收集员",
    Role.BOOTH_KEEPER: "投放点管理员",
    Role.RECYCLER_AGENT: "回收员",
    Role.COUNTY_ADMIN: "县级管理员批准的积分规则",
}


@dataclass(frozen=True)
class Answer:
    """Why one award is as it is."""

    award: Award
    rule_text: str  # what the policy says for it
    policy_in_force_from: date
    boost: str | None  # its name
    evidence_text: str
    decided_by_text: str  # a role, never a name
    appeal_until: date  # the last day
    appeal_text: str


def answer(award: Award, policy: Policy) -> Answer:
    """All that the household may ask of an award; ``policy`` is the version it names."""
    rules = read_rules(policy.rules)
    until = clock.day_of(award.decided_at) + timedelta(days=rules.appeal_days)
    return Answer(
        award=award,
        rule_text=LINES[award.rule.value].text(rules.as_json()[award.rule.value]),
        policy_in_force_from=policy.in_force_from,
        boost=_boost(award, policy),
        evidence_text=_EVIDENCE[award.evidence_kind],
        decided_by_text=_DECIDERS.get(award.decided_as, "工作人员"),
        appeal_until=until,
        appeal_text=f"对这笔积分有疑问，请最晚在 {until.month} 月 {until.day} 日找村管理员",
    )


def deed(rule: Rule) -> str:
    """What was done, say "自查照片审核通过"."""
    return _DEEDS[rule]


def sentence(award: Award) -> str:
    """What happened and what it earned, say "自查照片审核通过，得 5 分"."""
    deed = _deed(award)
    if award.zero_reason is not None:
        zero = _ZEROS[award.zero_reason].format(source=_SOURCES[award.source])
        return f"{deed}，{zero}"
    if award.reversed_because is not None:
        return f"{deed}，{award.points} 分后来撤销了，原因：{award.reversed_because}"
    if award.transfer_id is None:
        return f"{deed}，{award.points} 分{_waits_for(award)}"
    if award.repaid:
        return f"{deed}，得 {award.points} 分，其中 {award.repaid} 分抵了之前欠的积分"
    return f"{deed}，得 {award.points} 分"


def _deed(award: Award) -> str:
    deed = _DEEDS[award.rule]
    if award.source is Source.CHECKED and award.decided_as in _CHECKS:
        return deed.replace("上门检查", _CHECKS[award.decided_as])
    return deed


def _waits_for(award: Award) -> str:
    shown = award.notice_until
    if shown is not None:
        return f"公示到 {shown.month} 月 {shown.day} 日，没有异议就自动发放"
    return "等村里的积分预算到账后自动发放"


def _boost(award: Award, policy: Policy) -> str | None:
    if award.boost is None:
        return None
    return read_boosts(policy.boosts)[award.boost].name
