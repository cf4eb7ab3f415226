"""What people are told about orders."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.kernel import clock
from app.messages.notices import Words, is_much, notice_kind


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
            f"您家在{details['shop']}订的东西备好了，请在 {clock.day_text(until)}以前去拿，"
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
    if details["received_by"] is None:
        return Words(
            title="您订的东西交给您家了",
            sentence=(
                f"您家在{details['shop']}订的东西凭取货码交给了您家，用了 {points} 分。"
                "如果没有收到，请马上和村里联系"
            ),
            hint="如果没有收到请联系村里",
        )
    return Words(
        title="您订的东西送到了",
        sentence=(
            f"您家在{details['shop']}订的东西由“{details['received_by']}”收下，用了 {points} 分。"
            "如果没有收到，请马上和村里联系"
        ),
        hint="如果没有收到请联系村里",
    )


def _is_worth_more_than_a_line(details: Mapping[str, Any]) -> bool:
    """Who showed the digits knows, unless somebody else of the household did and it is much."""
    return details["received_by"] is not None or is_much(details)


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


# Details: order_id, shop, way, points, until
ORDER_READY = notice_kind("order_ready", _order_ready, about="order")
# Details: order_id, shop, reason (none: by time), points
ORDER_CANCELLED = notice_kind("order_cancelled", _order_cancelled, about="order")
# Details: order_id, line_id, was, now, points, minutes
SUBSTITUTE_OFFERED = notice_kind("substitute_offered", _substitute_offered, about="order")
# Details: order_id, shop, received_by (none: it took the digits), points
ORDER_RECEIVED = notice_kind(
    "order_received",
    _order_received,
    is_worth_a_walk=_is_worth_more_than_a_line,
    is_worth_a_text=_is_worth_more_than_a_line,
    about="order",
)
# Details: order_id, name, count, unit, points, reason
ORDER_REFUNDED = notice_kind("order_refunded", _order_refunded, about="order")
