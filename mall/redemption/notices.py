"""What people are told about a payment, and about one that a shop took back."""

from collections.abc import Mapping
from typing import Any

from app.messages.notices import Words, is_much, notice_kind


def _points_paid(details: Mapping[str, Any]) -> Words:
    shop, points = details["shop"], details["points"]
    return Words(
        title="您家付了积分",
        sentence=f"您家在“{shop}”付了 {points} 分。如果不对，请马上问店里，或告诉村里",
        hint=f"付了 {points} 分",
    )


# Details: shop, points
POINTS_PAID = notice_kind(
    "points_paid",
    _points_paid,
    is_worth_a_walk=is_much,
    is_worth_a_text=is_much,
    about="redemption",
)


def _redemption_voided(details: Mapping[str, Any]) -> Words:
    points = details["points"]
    return Words(
        title="商店撤销了一笔兑换",
        sentence=f"商店当天撤销了您家的一笔兑换，{points} 分已经回到您家的积分里",
        hint=f"退回 {points} 分",
    )


# Details: points
REDEMPTION_VOIDED = notice_kind("redemption_voided", _redemption_voided, about="redemption")


def _shop_gave_back(details: Mapping[str, Any]) -> Words:
    shop, points = details["shop"], details["points"]
    return Words(
        title="店里撤销了一笔收款",
        sentence=f"“{shop}”今天撤销了一笔 {points} 分的收款。不是您的意思，请马上问店员",
        hint=f"撤销 {points} 分",
    )


# To the owner. Details: shop, points
SHOP_GAVE_BACK = notice_kind("shop_gave_back", _shop_gave_back, about="redemption")
