"""What people are told about the rules of points."""

from collections.abc import Mapping
from typing import Any

from app.messages.notices import Words, notice_kind


def _approved(details: Mapping[str, Any]) -> Words:
    return Words(
        title="积分规则有新版本",
        sentence=(
            f"第 {details['version']} 版积分规则已经同意，{details['begins']}起生效。"
            "请打开“积分规则”看一看改了什么，觉得不对马上告诉另一位管理员"
        ),
        hint=f"{details['begins']}起生效",
    )


# Details: version, begins (a day in words)
POLICY_APPROVED = notice_kind("policy_approved", _approved)
