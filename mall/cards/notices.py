"""What people are told about a household's card that was used."""

from collections.abc import Mapping
from typing import Any

from app.messages.notices import Words, is_much, notice_kind


def _card_used(details: Mapping[str, Any]) -> Words:
    points = details["points"]
    who = "代办人用您家的卡" if details["is_by_proxy"] else "您家的卡"
    return Words(
        title="用卡付了积分",
        sentence=f"{who}付了 {points} 分。如果不是您家用的，请马上告诉村里停卡",
        hint=f"付了 {points} 分",
    )


# Details: points, is_by_proxy
CARD_USED = notice_kind("card_used", _card_used, is_worth_a_walk=is_much)
