"""What a recycler's people are told about its money."""

from collections.abc import Mapping
from typing import Any

from app.kernel.units import yuan_text
from app.messages.notices import Words, notice_kind


def _deposit_arrived(details: Mapping[str, Any]) -> Words:
    recycler, yuan = details["recycler"], yuan_text(details["amount_fen"])
    payer = details["payer"]
    who = f"。银行流水上付款的是“{payer}”，和公司名字不一样，请核对" if payer != recycler else ""
    return Words(
        title="收购预付款到账",
        sentence=f"{recycler}的预付款到账 {yuan} 元，可以用来收可回收物{who}",
        hint=f"到账 {yuan} 元",
    )


# To the recycler's agents; and to the auditor, where somebody else paid. Details: recycler, payer,
# amount_fen
DEPOSIT_ARRIVED = notice_kind("deposit_arrived", _deposit_arrived, about="deposit")
