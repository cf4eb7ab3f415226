"""What officials are told about notices that reached nobody."""

from collections.abc import Mapping
from typing import Any

from app.messages.notices import Words, notice_kind


def _untold(_: Mapping[str, Any]) -> Words:
    return Words(
        title="有消息七天没告诉到户",
        sentence="村里有一户该知道的事，七天了还没有人告诉他们。请打开待告知名单，安排人上门去说",
        hint="请看待告知名单",
    )


UNTOLD = notice_kind("notice_untold", _untold)
