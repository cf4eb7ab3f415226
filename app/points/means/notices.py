"""What a household is told about the means by which its points can be spent."""

from collections.abc import Mapping
from typing import Any

from app.messages.notices import Words, never, notice_kind

IF_NOT_YOU = "如果不是您家的意思，请马上告诉村里"


def _binding_made(details: Mapping[str, Any]) -> Words:
    how = "在村里当面办的" if details["is_in_person"] else "凭手机号办的"
    return Words(
        title="有手机绑定到您家",
        sentence=f"有一部手机绑定到了您家（{how}），可以用您家的积分。{IF_NOT_YOU}",
        hint="不是您家的请告诉村里",
    )


def _binding_ended(_: Mapping[str, Any]) -> Words:
    return Words(
        title="手机和您家解除了绑定",
        sentence=f"有一部手机和您家解除了绑定，不能再看、再用您家的积分。{IF_NOT_YOU}",
        hint="不是您的意思请告诉村里",
    )


def _account_moved(_: Mapping[str, Any]) -> Words:
    return Words(
        title="有另一个微信登录您家",
        sentence=f"有另一个微信凭手机号接用了您家的账号，可以用您家的积分。{IF_NOT_YOU}",
        hint="不是您家的请告诉村里",
    )


def _account_claimed(_: Mapping[str, Any]) -> Words:
    return Words(
        title="另一个微信要用您家的账号",
        sentence=(
            "有另一个微信凭登记的手机号，要接用一户已绑定的账号，用这户的积分。家里人换了微信就同意；"
            f"没有人同意就不会给。{IF_NOT_YOU}"
        ),
        hint="不认识请不同意",
    )


def _number_tried(_: Mapping[str, Any]) -> Words:
    return Words(
        title="有人用您的手机号登录",
        sentence=(
            "有另一个微信证明了您登记的手机号，没有让它用您的账号。号码已经不是您的，请尽快告诉管理员换号；"
            "是您自己换了微信，请带证件找管理员"
        ),
        hint="请看是不是您本人",
    )


def _number_left(_: Mapping[str, Any]) -> Words:
    return Words(
        title="您登记的手机号换了人",
        sentence=(
            "有另一个微信证明了您登记的手机号，这个号码以后归那个微信，您的账号不变。"
            "号码还是您的，请告诉村里"
        ),
        hint="号码还是您的请告诉村里",
    )


def _card_printed(_: Mapping[str, Any]) -> Words:
    return Words(
        title="您家印了新卡",
        sentence=f"村里给您家印了新的积分卡，旧卡不能用了。{IF_NOT_YOU}",
        hint="旧卡不能用了",
    )


def _card_handed_over(details: Mapping[str, Any]) -> Words:
    what = "重新设了密码" if details["is_again"] else "领走并设了密码"
    return Words(
        title="您家的卡设了密码",
        sentence=f"您家的积分卡{what}，可以付积分了。{IF_NOT_YOU}",
        hint="不是您家的请告诉村里",
    )


def _proxy_named(details: Mapping[str, Any]) -> Words:
    points = details["day_points_max"]
    return Words(
        title="您家有了代办人",
        sentence=f"有一位代办人可以用您家的卡买东西，一天最多 {points} 分。{IF_NOT_YOU}",
        hint=f"一天最多 {points} 分",
    )


def _roster_change(details: Mapping[str, Any]) -> Words:
    return Words(
        title="有人要改一户的手机号或户主",
        sentence=f"有人提出：{details['what']}。同意的话三天后才改。{IF_NOT_YOU}，也可以在“待办”里不同意",
        hint="不是您家的意思请告诉村里",
    )


BINDING_MADE = notice_kind("binding_made", _binding_made, about="binding")  # Details: is_in_person
BINDING_ENDED = notice_kind("binding_ended", _binding_ended, about="binding")
# The number of the roster is what is in question: no text message to it tells of this.
ACCOUNT_MOVED = notice_kind("account_moved", _account_moved, is_worth_a_text=never)
ACCOUNT_CLAIMED = notice_kind(
    "account_claimed", _account_claimed, is_worth_a_text=never, about="proposal"
)
NUMBER_TRIED = notice_kind("number_tried", _number_tried, protects=True)
NUMBER_LEFT = notice_kind("number_left", _number_left)
CARD_PRINTED = notice_kind("card_printed", _card_printed, about="card")
CARD_HANDED_OVER = notice_kind(
    "card_handed_over", _card_handed_over, about="card"
)  # Details: is_again
PROXY_NAMED = notice_kind("proxy_named", _proxy_named, about="proxy")  # Details: day_points_max
ROSTER_CHANGE = notice_kind(
    "roster_change", _roster_change, about="proposal"
)  # Details: what, a few words
