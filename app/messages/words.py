"""What each kind of notice says, in a title, a sentence and a hint short enough for WeChat."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from app.kernel import clock
from app.kernel.units import yuan_text
from app.notices import Notice, NoticeKind


@dataclass(frozen=True)
class Words:
    """``title`` and ``hint`` have at most 20 characters."""

    title: str
    sentence: str
    hint: str


def words(notice: Notice) -> Words:
    """What the notice says to whom it is for."""
    return _WORDS[notice.kind](notice.details)


def values(notice: Notice) -> Mapping[str, str]:
    """What a template may show, by the names that ``flask messages template`` knows."""
    said = words(notice)
    return {
        "title": said.title,
        "hint": said.hint,
        "day": _day(clock.day_of(notice.written_at)),
        "sentence": said.sentence,
    }


VALUE_NAMES = frozenset({"title", "hint", "day", "sentence"})


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _points_expire(details: Mapping[str, Any]) -> Words:
    last = date.fromisoformat(details["expires_on"])
    points = details["points"]
    return Words(
        title="积分快到期了",
        sentence=f"您家有 {points} 分到 {_day(last)}为止，过期会收回，请早点去商店用掉",
        hint=f"{points} 分 {last.month}月{last.day}日前用掉",
    )


def _award_reversed(details: Mapping[str, Any]) -> Words:
    points, owed = details["points"], details["owed"]
    sentence = f"您家的一笔 {points} 分奖励经两人核对后撤销了，点开可以看原因"
    if owed:
        sentence += f"；其中 {owed} 分已经用掉，以后得分时先抵扣，不用另外交钱"
    return Words(title="一笔积分被撤销", sentence=sentence, hint=f"撤销 {points} 分")


def _redemption_reversed(details: Mapping[str, Any]) -> Words:
    points = details["points"]
    return Words(
        title="一笔兑换已退回",
        sentence=f"您家的一笔兑换退回了，{points} 分已经回到您家的积分里",
        hint=f"退回 {points} 分",
    )


def _budget_low(details: Mapping[str, Any]) -> Words:
    left = yuan_text(details["left_fen"])
    return Words(
        title="村积分预算快用完",
        sentence=f"村里的积分预算已用 {details['used_percent']}%，还剩 {left} 元，请尽快申请拨付",
        hint=f"已用 {details['used_percent']}%",
    )


def _review_overturned(details: Mapping[str, Any]) -> Words:
    owed = details["owed"]
    sentence = "您家的一张自查照片又请别人看过，结果改了，点开可以看原因和积分"
    if owed:
        sentence += f"；其中 {owed} 分已经用掉，以后得分时先抵扣，不用另外交钱"
    return Words(title="一张照片结果改了", sentence=sentence, hint="点开看原因")


def _appeal_decided(details: Mapping[str, Any]) -> Words:
    points = details["points"]
    if details["state"] == "stands":
        said = "您对一张照片提的意见看过了，结果不变，点开可以看原因"
        return Words(title="您的意见有答复了", sentence=said, hint="结果不变，点开看原因")
    return Words(
        title="您的意见有答复了",
        sentence=f"您对一张照片提的意见看过了，改为通过，得 {points} 分",
        hint=f"改为通过，得 {points} 分",
    )


def _reviews_overdue(details: Mapping[str, Any]) -> Words:
    waiting, minutes = details["waiting"], details["oldest_minutes"]
    return Words(
        title="有照片等着审核",
        sentence=f"有 {waiting} 张照片等着审核，最久的已经等了 {minutes} 分钟，请尽快审核",
        hint=f"{waiting} 张，最久等了 {minutes} 分钟",
    )


def _order_ready(details: Mapping[str, Any]) -> Words:
    until = clock.day_of(datetime.fromisoformat(details["until"]))
    if details["way"] == "delivery":
        return Words(
            title="您订的东西备好了",
            sentence=f"您家在{details['shop']}订的东西备好了，会送到组里，请留意",
            hint="备好了，会送到组里",
        )
    return Words(
        title="您订的东西备好了",
        sentence=(
            f"您家在{details['shop']}订的东西备好了，请在 {_day(until)}以前去拿，"
            "到店打开取货码给店员看"
        ),
        hint=f"{until.month}月{until.day}日以前去拿",
    )


def _order_cancelled(details: Mapping[str, Any]) -> Words:
    why = details["reason"]
    because = f"：{why}" if why else "，因为过了时间"
    points = details["points"]
    freed = f"。{points} 分没有扣，还在您家的积分里" if points else "。没有扣积分"
    return Words(
        title="订单取消了",
        sentence=f"您家在{details['shop']}的订单取消了{because}{freed}",
        hint="积分没有扣",
    )


def _substitute_offered(details: Mapping[str, Any]) -> Words:
    return Words(
        title="缺货，请您选一下",
        sentence=(
            f"您订的“{details['was']}”缺货，商店想换成“{details['now']}”，"
            f"要 {details['points']} 分。请在 {details['minutes']} 分钟内点开答复，"
            "不答复就不要这一件"
        ),
        hint=f"{details['minutes']} 分钟内请答复",
    )


def _order_received(details: Mapping[str, Any]) -> Words:
    points = details["points"]
    return Words(
        title="您订的东西送到了",
        sentence=(
            f"您家在{details['shop']}订的东西由“{details['received_by']}”收下，用了 {points} 分。"
            "如果没有收到，请马上和村里联系"
        ),
        hint="如果没有收到请联系村里",
    )


def _order_refunded(details: Mapping[str, Any]) -> Words:
    points = details["points"]
    return Words(
        title="订单退款了",
        sentence=(
            f"您家的“{details['name']}”退了 {details['count']} {details['unit']}，"
            f"{points} 分已经回到您家的积分里。原因：{details['reason']}"
        ),
        hint=f"退回 {points} 分",
    )


_WORDS: Mapping[NoticeKind, Callable[[Mapping[str, Any]], Words]] = {
    NoticeKind.POINTS_EXPIRE: _points_expire,
    NoticeKind.AWARD_REVERSED: _award_reversed,
    NoticeKind.REDEMPTION_REVERSED: _redemption_reversed,
    NoticeKind.BUDGET_LOW: _budget_low,
    NoticeKind.REVIEW_OVERTURNED: _review_overturned,
    NoticeKind.APPEAL_DECIDED: _appeal_decided,
    NoticeKind.REVIEWS_OVERDUE: _reviews_overdue,
    NoticeKind.ORDER_READY: _order_ready,
    NoticeKind.ORDER_CANCELLED: _order_cancelled,
    NoticeKind.SUBSTITUTE_OFFERED: _substitute_offered,
    NoticeKind.ORDER_RECEIVED: _order_received,
    NoticeKind.ORDER_REFUNDED: _order_refunded,
}
