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


def _unreached(details: Mapping[str, Any]) -> Words:
    return Words(
        title="有人还没收到该知道的事",
        sentence=(
            f"有 {details['notices']} 条和本人权益有关的消息，超过一天还没有送到本人。"
            "住户的请按待告知名单上门去说；商户负责人等请打电话告诉"
        ),
        hint="请看待告知名单",
    )


UNTOLD = notice_kind("notice_untold", _untold)
# Details: notices, how many
UNREACHED = notice_kind("notices_unreached", _unreached)
