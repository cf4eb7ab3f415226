"""What a household is told about what it sold."""

from collections.abc import Mapping
from typing import Any

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


# Details: points
SALE_AWAITS_YES = notice_kind("sale_awaits_yes", _awaits_yes)
# Details: points
SALE_VOIDED = notice_kind("sale_voided", _voided)
