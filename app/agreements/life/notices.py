"""What households are told before points of theirs change hands, and afterwards."""

from collections.abc import Mapping
from typing import Any

from app.messages.notices import Words, notice_kind


def _planned(details: Mapping[str, Any]) -> Words:
    return Words(
        title="您家要办分户或并户",
        sentence=(
            f"有人提出：{details['what']}，您家的积分会跟着变。同意后三整天才办，"
            "在“待办”里可以看清楚，不是您家的意思就点“不同意”"
        ),
        hint="不是您家的意思请点不同意",
    )


CHANGE_PLANNED = notice_kind("change_planned", _planned)  # Details: what, a few words
