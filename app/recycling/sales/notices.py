"""What a household is told about what it sold, and the recycler about what it is to sign."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from app.kernel import clock
from app.messages.notices import Words, notice_kind


def _awaits_yes(details: Mapping[str, Any]) -> Words:
    points = details["points"]
    return Words(
        title="卖可回收物，请您确认",
        sentence=(
            f"刚给您家称的可回收物合 {points} 分。对的请在一天内点“对”，积分才会到账；"
            "没有卖过请点“不对”"
        ),
        hint=f"{points} 分待确认",
    )


def _voided(details: Mapping[str, Any]) -> Words:
    points = details["points"]
    return Words(
        title="一次称重撤销了",
        sentence=(f"您家卖可回收物的 {points} 分撤销了。东西应当已经还给您，没有还请马上告诉村里"),
        hint=f"撤销 {points} 分",
    )


def _day_to_sign(details: Mapping[str, Any]) -> Words:
    village, count = details["village"], details["count"]
    return Words(
        title="称重的总数请签字",
        sentence=(f"{village}有 {count} 笔当天称重的总数等您核对、签字。不签，明天那里就不能再称"),
        hint=f"{count} 笔待签字",
    )


def _day_differs(details: Mapping[str, Any]) -> Words:
    day = clock.day_text(date.fromisoformat(details["day"]))
    return Words(
        title="称重的总数对不上",
        sentence=(
            f"{details['village']}{day}称重的总数，和回收员核对的差得多，那里先不能再称。"
            "请和回收员一起核对：称错的撤回，签错的重新签"
        ),
        hint="请和回收员核对",
    )


# To the recycler's agents. Details: village, count
DAY_TO_SIGN = notice_kind("sale_day_to_sign", _day_to_sign)
# To administrators. Details: village, day
DAY_DIFFERS = notice_kind("sale_day_differs", _day_differs)
# Details: points
SALE_AWAITS_YES = notice_kind("sale_awaits_yes", _awaits_yes, about="sale")
# Details: points
SALE_VOIDED = notice_kind("sale_voided", _voided, about="sale")
