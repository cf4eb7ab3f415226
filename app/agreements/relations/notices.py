"""What two households are told that must not judge each other."""

from collections.abc import Mapping
from typing import Any

from app.messages.notices import Words, notice_kind

WHY = {"kin": "是亲属", "interest": "有利害关系"}


def _related(details: Mapping[str, Any]) -> Words:
    return Words(
        title="登记了您家的亲友户",
        sentence=(
            f"村里登记了您家和另一户{WHY[details['kind']]}，以后两家不互相检查、审核。"
            "如果不对，请告诉村里"
        ),
        hint="不对请告诉村里",
    )


HOUSEHOLDS_RELATED = notice_kind("households_related", _related)  # Details: kind
