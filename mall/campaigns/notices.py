"""What people are told about prices that rose during a campaign, and about a funder's money."""

from collections.abc import Mapping
from typing import Any

from app.kernel.units import yuan_text
from app.messages.notices import Words, notice_kind


def _price_rose(details: Mapping[str, Any]) -> Words:
    before, after = yuan_text(details["from_fen"]), yuan_text(details["to_fen"])
    return Words(
        title="补贴期间有商品涨价",
        sentence=(
            f"补贴期间，“{details['merchant']}”的“{details['goods']}”市场价"
            f"从 {before} 元涨到 {after} 元，请核实"
        ),
        hint=f"{before} 元涨到 {after} 元",
    )


# Details: goods, merchant, from_fen, to_fen
PRICE_ROSE = notice_kind("price_rose", _price_rose)


def _funding_moved(details: Mapping[str, Any]) -> Words:
    funder, yuan = details["funder"], yuan_text(details["amount_fen"])
    did = "收回" if details["direction"] == "reclaim" else "转给"
    return Words(
        title="补贴资金有变动",
        sentence=f"补贴资金{did}“{funder}”{yuan} 元，已由两人同意。请转告出资单位核对",
        hint=f"{did} {yuan} 元",
    )


# To finance, administrators and the auditor: the product knows nobody of the funder.
# Details: funder, direction, amount_fen
FUNDING_MOVED = notice_kind("subsidy_funding_moved", _funding_moved, about="funding")
