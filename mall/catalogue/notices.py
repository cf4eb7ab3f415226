"""What owners are told about their goods."""

from collections.abc import Mapping
from typing import Any

from app.kernel.units import yuan_text
from app.messages.notices import Words, notice_kind


def _repriced(details: Mapping[str, Any]) -> Words:
    before, after = yuan_text(details["from_fen"]), yuan_text(details["to_fen"])
    return Words(
        title="县里改了您店里的价",
        sentence=(
            f"县里把您的“{details['goods']}”从 {before} 元改成 {after} 元，"
            f"要 {details['points']} 分。"
            "不是您的意思，请马上改回来，并告诉县里"
        ),
        hint=f"{before} 元改成 {after} 元",
    )


def _imported(details: Mapping[str, Any]) -> Words:
    added, updated = details["added"], details["updated"]
    return Words(
        title="县里改了您店里的商品",
        sentence=(
            f"县里用表格给您的店加了 {added} 种商品，改了 {updated} 种。"
            "请核对价钱，不对的请改回来，并告诉县里"
        ),
        hint=f"加 {added} 种，改 {updated} 种",
    )


# To the owners, of what somebody else did. Details: goods, from_fen, to_fen, points
GOODS_REPRICED = notice_kind("goods_repriced", _repriced, about="goods")
# Details: added, updated
GOODS_IMPORTED = notice_kind("goods_imported", _imported)
