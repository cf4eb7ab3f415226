"""What people are told about what two people took back."""

from collections.abc import Mapping
from typing import Any

from app.messages.notices import Words, notice_kind


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


# Details: points, moved, owed
AWARD_REVERSED = notice_kind("award_reversed", _award_reversed, about="reversal")
# Details: points, moved, owed
REDEMPTION_REVERSED = notice_kind("redemption_reversed", _redemption_reversed, about="reversal")
# Details: points, moved, owed
SALE_REVERSED = notice_kind("sale_reversed", _sale_reversed, about="reversal")


def _shop_asked(details: Mapping[str, Any]) -> Words:
    shop, points, reason = details["shop"], details["points"], details["reason"]
    return Words(
        title="有人申请从店里退回一笔收款",
        sentence=(
            f"有人申请把“{shop}”收的 {points} 分退给顾客，理由：{reason}。"
            "不对的话请马上联系县里的工作人员"
        ),
        hint=f"申请退回 {points} 分",
    )


def _shop_lost(details: Mapping[str, Any]) -> Words:
    shop, points, reason = details["shop"], details["points"], details["reason"]
    return Words(
        title="店里的一笔收款退回了",
        sentence=f"“{shop}”收的 {points} 分经两人核对退给了顾客，理由：{reason}",
        hint=f"退回 {points} 分",
    )


# To the shop's owners. Details: shop, points, reason
REVERSAL_ASKED_OF_SHOP = notice_kind("reversal_asked_of_shop", _shop_asked, about="reversal")
# To the shop's owners. Details: shop, points, reason
REVERSED_AT_SHOP = notice_kind("reversed_at_shop", _shop_lost, about="reversal")
