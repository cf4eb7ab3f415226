"""What two households are told when points of one become the other's."""

from collections.abc import Mapping
from typing import Any

from app.messages.notices import Words, notice_kind

ASK = "有疑问请找村里"


def _given(details: Mapping[str, Any]) -> Words:
    points = details["points"]
    return Words(
        title="您家的积分分出去了",
        sentence=f"分户或并户办好了，有 {points} 分从这一户转到另一户，哪天前可用不变。{ASK}",
        hint=f"转出 {points} 分",
    )


def _received(details: Mapping[str, Any]) -> Words:
    points, owed = details["points"], details["owed"]
    also = f"待抵扣的 {owed} 分也一起转来，只从以后的奖励里扣。" if owed else ""
    return Words(
        title="有积分转到您家",
        sentence=f"分户或并户办好了，有 {points} 分转到您家，哪天前可用不变。{also}{ASK}",
        hint=f"转入 {points} 分",
    )


POINTS_GIVEN = notice_kind("points_given", _given)  # Details: points
POINTS_RECEIVED = notice_kind("points_received", _received)  # Details: points, owed
