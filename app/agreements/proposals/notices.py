"""What people are told about proposals: that there is one, and how it ended."""

from collections.abc import Mapping
from typing import Any

from app.messages.notices import Words, notice_kind

ENDS = {
    "approved": "已经同意",
    "declined": "没有同意",
    "withdrawn": "提出的人已撤回",
    "lapsed": "七天没有人处理，已作废",
    "stopped": "已被叫停",
    "failed": "情况有变，没有办成",
    "done": "已经生效",
}


def _made(details: Mapping[str, Any]) -> Words:
    return Words(
        title="有一件事要两个人定",
        sentence=f"有人提出：{details['what']}。请打开“待办”看一看，觉得不对可以不同意或叫停",
        hint="请打开待办看一看",
    )


def _decided(details: Mapping[str, Any]) -> Words:
    how = ENDS[details["how"]]
    begins = f"，{details['begins']}起生效，之前都可以叫停" if details["begins"] else ""
    return Words(
        title="提出的事有结果了",
        sentence=f"{details['what']}：{how}{begins}",
        hint=how,
    )


# Details: what, a few words
PROPOSAL_MADE = notice_kind("proposal_made", _made, about="proposal")
# Details: what, how (of ENDS), begins (an instant in words, or none)
PROPOSAL_DECIDED = notice_kind("proposal_decided", _decided, about="proposal")
