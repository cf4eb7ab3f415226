"""What people are told about photos: rejected, judged again, and those that wait too long."""

from collections.abc import Mapping
from typing import Any

from app.messages.notices import Words, notice_kind


def _photo_rejected(details: Mapping[str, Any]) -> Words:
    return Words(
        title="一张照片没有通过",
        sentence=f"您家的一张自查照片没有通过：{details['said']}",
        hint="点开看原因和怎么办",
    )


def _is_worth_no_walk(_: Mapping[str, Any]) -> bool:
    return False


def _review_overturned(details: Mapping[str, Any]) -> Words:
    owed = details["owed"]
    sentence = "您家的一张自查照片又请别人看过，结果改了，点开可以看原因和积分"
    if owed:
        sentence += f"；其中 {owed} 分已经用掉，以后得分时先抵扣，不用另外交钱"
    return Words(title="一张照片结果改了", sentence=sentence, hint="点开看原因")


def _appeal_decided(details: Mapping[str, Any]) -> Words:
    points = details["points"]
    if details["state"] == "stands":
        said = "您对一张照片提的意见看过了，结果不变，点开可以看原因"
        return Words(title="您的意见有答复了", sentence=said, hint="结果不变，点开看原因")
    return Words(
        title="您的意见有答复了",
        sentence=f"您对一张照片提的意见看过了，改为通过，得 {points} 分",
        hint=f"改为通过，得 {points} 分",
    )


def _reviews_overdue(details: Mapping[str, Any]) -> Words:
    waiting, minutes = details["waiting"], details["oldest_minutes"]
    return Words(
        title="有照片等着审核",
        sentence=f"有 {waiting} 张照片等着审核，最久的已经等了 {minutes} 分钟，请尽快审核",
        hint=f"{waiting} 张，最久等了 {minutes} 分钟",
    )


# Details: self_check_id, said
PHOTO_REJECTED = notice_kind(
    "photo_rejected", _photo_rejected, is_worth_a_walk=_is_worth_no_walk, about="self_check"
)
# Details: self_check_id, points, moved, owed
REVIEW_OVERTURNED = notice_kind("review_overturned", _review_overturned, about="self_check")
# Details: self_check_id, state, points
APPEAL_DECIDED = notice_kind("appeal_decided", _appeal_decided, about="self_check")
# Details: waiting, oldest_minutes
REVIEWS_OVERDUE = notice_kind("reviews_overdue", _reviews_overdue)
