"""What each kind of notice says, in a title, a sentence and a hint short enough for WeChat."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
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


def _card_used(details: Mapping[str, Any]) -> Words:
    points = details["points"]
    who = "代办人用您家的卡" if details["is_by_proxy"] else "您家的卡"
    return Words(
        title="用卡付了积分",
        sentence=f"{who}付了 {points} 分。如果不是您家用的，请马上告诉村里停卡",
        hint=f"付了 {points} 分",
    )


_WORDS: Mapping[NoticeKind, Callable[[Mapping[str, Any]], Words]] = {
    NoticeKind.POINTS_EXPIRE: _points_expire,
    NoticeKind.AWARD_REVERSED: _award_reversed,
    NoticeKind.REDEMPTION_REVERSED: _redemption_reversed,
    NoticeKind.REDEMPTION_VOIDED: _redemption_voided,
    NoticeKind.BUDGET_LOW: _budget_low,
    NoticeKind.CARD_USED: _card_used,
}
