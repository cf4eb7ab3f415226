"""What people are told about points that end soon."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from app.kernel import clock
from app.messages.notices import Words, notice_kind


def _points_expire(details: Mapping[str, Any]) -> Words:
    last = date.fromisoformat(details["expires_on"])
    points = details["points"]
    return Words(
        title="积分快到期了",
        sentence=f"您家有 {points} 分到 {clock.day_text(last)}为止，过期会收回，请早点去商店用掉",
        hint=f"{points} 分 {last.month}月{last.day}日前用掉",
    )


# Details: points, expires_on, days_left
POINTS_EXPIRE = notice_kind("points_expire", _points_expire)
