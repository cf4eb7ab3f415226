"""What is told of deeds: to each in whose name they were done, and to auditors who are late."""

from collections.abc import Mapping
from typing import Any

from app.messages.notices import Words, notice_kind


def _in_your_name(details: Mapping[str, Any]) -> Words:
    return Words(
        title="今天以您的名义办的事",
        sentence=(
            f"今天以您的名义：{details['what']}。有不是您办的，请马上告诉上一级管理员，把账号停下来"
        ),
        hint="有不是您办的请说",
    )


def _deeds_unseen(details: Mapping[str, Any]) -> Words:
    return Words(
        title="有事三天没人看",
        sentence=(
            f"有 {details['count']} 件动钱动权的事过了三天还没有人看，"
            "请打开清单逐件看过，每件记一句"
        ),
        hint=f"{details['count']} 件等您看",
    )


# Details: what, the deeds in words with their counts and sums
IN_YOUR_NAME = notice_kind("in_your_name", _in_your_name)
# Details: count
DEEDS_UNSEEN = notice_kind("deeds_unseen", _deeds_unseen)
