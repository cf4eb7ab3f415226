"""WeChat's servers, as far as a mini-program needs them.

``WeChat`` is the front door; everything it raises is a refusal of ``errors``, whatever WeChat,
the network or the library underneath did. docs/adr/0002-wechat-wrapper.md says why wechatpy is
wrapped as it is.
"""

from app.outside.wechat.errors import (
    ImageNotTaken,
    LoginBlocked,
    LoginCodeInvalid,
    MessageNotAccepted,
    MessageRefused,
    PhoneCodeInvalid,
    PhoneNotMainland,
    WeChatMisconfigured,
    WeChatTooOften,
    WeChatUnavailable,
)
from app.outside.wechat.mini_program import WECHAT_API_BASE, WeChat, WeChatSession
from app.outside.wechat.pushes import ContentAnswer, ForgedPush, Pushes
from app.outside.wechat.tokens import Shared

__all__ = [
    "WECHAT_API_BASE",
    "ContentAnswer",
    "ForgedPush",
    "ImageNotTaken",
    "LoginBlocked",
    "LoginCodeInvalid",
    "MessageNotAccepted",
    "MessageRefused",
    "PhoneCodeInvalid",
    "PhoneNotMainland",
    "Pushes",
    "Shared",
    "WeChat",
    "WeChatMisconfigured",
    "WeChatSession",
    "WeChatTooOften",
    "WeChatUnavailable",
]
