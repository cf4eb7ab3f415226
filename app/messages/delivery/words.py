"""What each kind of notice says, in a title, a sentence and a hint short enough for WeChat."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from app.kernel import clock
from app.kernel.units import yuan_text
from app.messages.notices import Notice, NoticeKind


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


def _sale_reversed(details: Mapping[str, Any]) -> Words:
    points = details["points"]
    return Words(
        title="一笔卖出被撤销",
        sentence=f"您家卖可回收物的一笔 {points} 分经两人核对后撤销了，点开可以看原因",
        hint=f"撤销 {points} 分",
    )


def _redemption_voided(details: Mapping[str, Any]) -> Words:
    points = details["points"]
    return Words(
        title="商店撤销了一笔兑换",
        sentence=f"商店当天撤销了您家的一笔兑换，{points} 分已经回到您家的积分里",
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


def _price_rose(details: Mapping[str, Any]) -> Words:
    before, after = yuan_text(details["from_fen"]), yuan_text(details["to_fen"])
    return Words(
        title="补贴期间有商品涨价",
        sentence=(
            f"补贴期间，“{details['merchant']}”的“{details['goods']}”市场价"
            f"从 {before} 元涨到 {after} 元，请核实"
        ),
        hint=f"{before} 元涨到 {after} 元",
    )


def _reviews_overdue(details: Mapping[str, Any]) -> Words:
    waiting, minutes = details["waiting"], details["oldest_minutes"]
    return Words(
        title="有照片等着审核",
        sentence=f"有 {waiting} 张照片等着审核，最久的已经等了 {minutes} 分钟，请尽快审核",
        hint=f"{waiting} 张，最久等了 {minutes} 分钟",
    )


def _voucher_expires(details: Mapping[str, Any]) -> Words:
    last = date.fromisoformat(details["last_on"])
    return Words(
        title="买的券快到期了",
        sentence=f"您家买的一张券到 {_day(last)}为止，过期就不能用了，请早点用掉",
        hint=f"{last.month}月{last.day}日前用掉",
    )


def _voucher_claim_decided(details: Mapping[str, Any]) -> Words:
    title = "券码问题有答复了"
    if details["outcome"] == "refund":
        points = details["points"]
        said = f"您家的一张券用不了，{points} 分已经退回您家的积分里"
        return Words(title=title, sentence=said, hint=f"退回 {points} 分")
    if details["outcome"] == "another":
        said = "您家的一张券用不了，已经换了一个新券码，请到“我的券”里查看"
        return Words(title=title, sentence=said, hint="换了新券码，请查看")
    said = "您家说用不了的那张券核对过了，券码没有问题，点开可以看原因"
    return Words(title=title, sentence=said, hint="券码没有问题，点开看")


def _vouchers_low(details: Mapping[str, Any]) -> Words:
    left = details["left"]
    return Words(
        title="券快卖完了",
        sentence=f"有一种券只剩 {left} 张，请联系平台补充券码",
        hint=f"只剩 {left} 张",
    )


def _card_used(details: Mapping[str, Any]) -> Words:
    points = details["points"]
    who = "代办人用您家的卡" if details["is_by_proxy"] else "您家的卡"
    return Words(
        title="用卡付了积分",
        sentence=f"{who}付了 {points} 分。如果不是您家用的，请马上告诉村里停卡",
        hint=f"付了 {points} 分",
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
    NoticeKind.SALE_REVERSED: _sale_reversed,
    NoticeKind.BUDGET_LOW: _budget_low,
    NoticeKind.REVIEW_OVERTURNED: _review_overturned,
    NoticeKind.APPEAL_DECIDED: _appeal_decided,
    NoticeKind.REVIEWS_OVERDUE: _reviews_overdue,
    NoticeKind.PRICE_ROSE: _price_rose,
    NoticeKind.VOUCHER_EXPIRES: _voucher_expires,
    NoticeKind.VOUCHER_CLAIM_DECIDED: _voucher_claim_decided,
    NoticeKind.VOUCHERS_LOW: _vouchers_low,
    NoticeKind.REDEMPTION_VOIDED: _redemption_voided,
    NoticeKind.CARD_USED: _card_used,
    NoticeKind.ORDER_READY: _order_ready,
    NoticeKind.ORDER_CANCELLED: _order_cancelled,
    NoticeKind.SUBSTITUTE_OFFERED: _substitute_offered,
    NoticeKind.ORDER_RECEIVED: _order_received,
    NoticeKind.ORDER_REFUNDED: _order_refunded,
}
