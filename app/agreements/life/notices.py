"""What households are told before points of theirs change hands, and afterwards."""

from collections.abc import Mapping
from typing import Any

from app.messages.notices import Words, notice_kind


def _planned(details: Mapping[str, Any]) -> Words:
    return Words(
        title="您家的登记要变",
        sentence=(
            f"有人提出：{details['what']}。同意后三整天才办，"
            "在“待办”里可以看清楚，不是您家的意思就点“不同意”"
        ),
        hint="不是您家的意思请点不同意",
    )


def _registered(details: Mapping[str, Any]) -> Words:
    return Words(
        title="您家的登记改了",
        sentence=f"村里给您家登记了{details['what']}。如果不对，请马上告诉村里",
        hint="不对请告诉村里",
    )


HOUSEHOLD_REGISTERED = notice_kind("household_registered", _registered)  # Details: what
CHANGE_PLANNED = notice_kind("change_planned", _planned)  # Details: what, a few words
