"""What is told when roles are given and ended."""

from collections.abc import Mapping
from typing import Any

from app.messages.notices import Words, notice_kind


def _grant_proposed(details: Mapping[str, Any]) -> Words:
    return Words(
        title="有人提出任命",
        sentence=f"有人提出{details['what']}。请到“待办”核对是不是本人、该不该，觉得不对请不同意或叫停",
        hint="请到待办核对",
    )


def _grant_ended(details: Mapping[str, Any]) -> Words:
    return Words(
        title="一项职务已收回",
        sentence=f"{details['what']}已被收回。如果不清楚原因，请联系上一级管理员",
        hint="职务已收回",
    )


def _pair_found(details: Mapping[str, Any]) -> Words:
    return Words(
        title="两个职务不能由一人担任",
        sentence=(
            f"有一位同时是{details['roles']}，这两个职务不能由同一个人担任。请在三十天内收回其中一个，"
            "到期没有处理，系统会收回后给的那个"
        ),
        hint="三十天内收回一个",
    )


# Details: roles, both in words
PAIR_FOUND = notice_kind("role_pair_found", _pair_found)
# Details: what, a few words
GRANT_PROPOSED = notice_kind("grant_proposed", _grant_proposed, about="proposal")
# Details: what, the role and the place
GRANT_ENDED = notice_kind("grant_ended", _grant_ended, protects=True)
