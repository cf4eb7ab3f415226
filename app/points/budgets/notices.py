"""What people are told about a village's money that runs out."""

from collections.abc import Mapping
from typing import Any

from app.kernel.units import yuan_text
from app.messages.notices import Words, notice_kind


def _budget_low(details: Mapping[str, Any]) -> Words:
    left = yuan_text(details["left_fen"])
    return Words(
        title="村积分预算快用完",
        sentence=f"村里的积分预算已用 {details['used_percent']}%，还剩 {left} 元，请尽快申请拨付",
        hint=f"已用 {details['used_percent']}%",
    )


# Details: level_fen, left_fen, used_percent
BUDGET_LOW = notice_kind("budget_low", _budget_low)
