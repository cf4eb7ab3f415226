"""What a flag says to the person who is to judge it."""

from collections.abc import Callable, Mapping
from typing import Any

from app.kernel.units import yuan_text
from mall.risk.models import RiskFlag, RiskReason


def sentence(flag: RiskFlag) -> str:
    """The pattern with its figures, over the last 30 days."""
    return "近 30 天，" + _WORDS[flag.reason](flag.figures)


def _no_photos(figures: Mapping[str, Any]) -> str:
    percent = 100 * figures["points_without_photo"] // figures["points"]
    return (
        f"收到的积分里有 {percent}% 来自 {figures['households']} 户从没有通过自查照片的家庭，"
        "请核对这些户是不是真的来买过东西"
    )


def _same_minute(figures: Mapping[str, Any]) -> str:
    return (
        f"有 {figures['households']} 户总在同一分钟付款，最多的有 {figures['days']} 天，"
        "请核对是不是有人代刷"
    )


def _under_limit(figures: Mapping[str, Any]) -> str:
    return (
        f"有 {figures['count']} 笔刚好不到单笔上限 {yuan_text(figures['limit'])} 元，"
        f"共 {yuan_text(figures['points'])} 元，请核对是不是拆开付款"
    )


def _own_household(figures: Mapping[str, Any]) -> str:
    return (
        f"店里的人收了自己家的积分 {figures['count']} 笔，共 {yuan_text(figures['points'])} 元，"
        "请核对货物"
    )


def _many_voids(figures: Mapping[str, Any]) -> str:
    return f"{figures['count']} 笔里退了 {figures['voids']} 笔，请问清楚原因"


def _full_subsidy(figures: Mapping[str, Any]) -> str:
    return (
        f"有 {figures['households']} 户一共 {figures['count']} 次刚好把一天的补贴用完，"
        f"共补贴 {yuan_text(figures['subsidy_fen'])} 元，请核对标价和货物是不是真的"
    )


_WORDS: Mapping[RiskReason, Callable[[Mapping[str, Any]], str]] = {
    RiskReason.NO_PHOTOS: _no_photos,
    RiskReason.SAME_MINUTE: _same_minute,
    RiskReason.UNDER_LIMIT: _under_limit,
    RiskReason.OWN_HOUSEHOLD: _own_household,
    RiskReason.MANY_VOIDS: _many_voids,
    RiskReason.FULL_SUBSIDY: _full_subsidy,
}
