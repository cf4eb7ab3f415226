"""What people are told about a household's card that was used."""

from collections.abc import Mapping
from typing import Any

from app.messages.notices import Words, notice_kind

WALK_POINTS = 1_000  # ten yuan with a card are told at the door, if no message reaches it


def _card_used(details: Mapping[str, Any]) -> Words:
    points = details["points"]
    who = "代办人用您家的卡" if details["is_by_proxy"] else "您家的卡"
    return Words(
        title="用卡付了积分",
        sentence=f"{who}付了 {points} 分。如果不是您家用的，请马上告诉村里停卡",
        hint=f"付了 {points} 分",
    )


def _is_much(details: Mapping[str, Any]) -> bool:
    """Every purchase on the board would hide what somebody must really be told."""
    return bool(details["points"] >= WALK_POINTS)


# Details: points, is_by_proxy
CARD_USED = notice_kind("card_used", _card_used, is_worth_a_walk=_is_much)
