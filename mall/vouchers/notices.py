"""What people are told about vouchers."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from app.kernel import clock
from app.messages.notices import Words, is_much, notice_kind


def _voucher_bought(details: Mapping[str, Any]) -> Words:
    points = details["points"]
    return Words(
        title="您家买了一张券",
        sentence=f"您家用 {points} 分买了一张券。如果不是您家买的，请马上告诉村里",
        hint=f"用了 {points} 分",
    )


def _voucher_expires(details: Mapping[str, Any]) -> Words:
    last = date.fromisoformat(details["last_on"])
    return Words(
        title="买的券快到期了",
        sentence=f"您家买的一张券到 {clock.day_text(last)}为止，过期就不能用了，请早点用掉",
        hint=f"{last.month}月{last.day}日前用掉",
    )


def _voucher_claim_decided(details: Mapping[str, Any]) -> Words:
    title = "券码问题有答复了"
    if details["outcome"] == "refund":
        points = details["points"]
        said = f"您家的一张券用不了，{points} 分已经退回您家的积分里"
        return Words(title=title, sentence=said, hint=f"退回 {points} 分")
    if details["outcome"] == "another":
        said = "您家的一张券用不了，已经换了一个新券码，请到“我的券”里查看"
        return Words(title=title, sentence=said, hint="换了新券码，请查看")
    said = "您家说用不了的那张券核对过了，券码没有问题，点开可以看原因"
    return Words(title=title, sentence=said, hint="券码没有问题，点开看")


def _vouchers_low(details: Mapping[str, Any]) -> Words:
    left = details["left"]
    return Words(
        title="券快卖完了",
        sentence=f"有一种券只剩 {left} 张，请联系平台补充券码",
        hint=f"只剩 {left} 张",
    )


def _voucher_batch_faulty(details: Mapping[str, Any]) -> Words:
    day = clock.day_text(clock.day_of(datetime.fromisoformat(details["imported_on"])))
    many = f"{details['count']} 张里已有 {details['faulty']} 张"
    return Words(
        title="一个人导入的券码坏得太多",
        sentence=(
            f"{day}导入一批券码的人，导入的 {many}被认定不能用。请查是谁导入的，"
            "并向平台问清这些券码是什么时候、在哪里用掉的"
        ),
        hint=f"{many}不能用",
    )


# Details: batch_id, imported_by, imported_on, faulty, count
VOUCHER_BATCH_FAULTY = notice_kind("voucher_batch_faulty", _voucher_batch_faulty)
# Details: purchase_id, points
VOUCHER_BOUGHT = notice_kind(
    "voucher_bought",
    _voucher_bought,
    is_worth_a_walk=is_much,
    is_worth_a_text=is_much,
    about="purchase",
)
# Details: purchase_id, last_on, days_left
VOUCHER_EXPIRES = notice_kind("voucher_expires", _voucher_expires, about="purchase")
# Details: purchase_id, outcome, points
VOUCHER_CLAIM_DECIDED = notice_kind(
    "voucher_claim_decided", _voucher_claim_decided, about="purchase"
)
# Details: kind_id, left
VOUCHERS_LOW = notice_kind("vouchers_low", _vouchers_low, about="kind")
