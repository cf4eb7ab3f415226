"""What can go wrong with WeChat, as people and programs are told of it."""

from collections.abc import Mapping

import structlog

from app.kernel.errors import (
    Conflict,
    DomainError,
    Forbidden,
    Invalid,
    Unauthenticated,
    Unavailable,
)
from app.outside.wechat.wire import Rejected

log = structlog.get_logger(__name__)


class LoginCodeInvalid(Unauthenticated):
    """The code of wx.login() is wrong, older than five minutes or used; a new one is needed."""

    code = "wechat.code_invalid"
    message = "登录凭证已失效，请重新打开小程序登录"


class LoginBlocked(Forbidden):
    """WeChat holds the user for a risk and lets nobody log them in."""

    code = "wechat.login_blocked"
    message = "微信提示这个账号有风险，暂时不能登录，请联系村管理员"


class WeChatTooOften(DomainError):
    status = 429
    code = "wechat.too_often"
    message = "操作太频繁，请稍等一分钟再试"


class PhoneCodeInvalid(Invalid):
    """The code of the phone button is wrong, old, used or another user's."""

    code = "wechat.phone_code_invalid"
    message = "手机号授权已失效，请重新点一次“获取手机号”"


class PhoneNotMainland(Invalid):
    code = "wechat.phone_not_mainland"
    message = "只能使用中国大陆的手机号，请换一个手机号，或请村管理员当面登记"


class ImageNotTaken(Invalid):
    """WeChat will not check the picture of this user now."""

    code = "wechat.image_not_taken"
    message = "微信暂时不能检查这张照片，请稍后再试"


class WeChatUnavailable(Unavailable):
    """WeChat gave no answer that can be used; whether it acted on the request is unknown.

    A code sent with the request may be used up: the client asks again with a new code.
    """

    code = "wechat.unavailable"
    message = "微信暂时没有响应，请稍后再试"


class WeChatMisconfigured(DomainError):
    """WeChat refuses this installation, not this user; the log says what the operator must do."""

    status = 500
    code = "wechat.misconfigured"
    message = "微信登录正在维护，请稍后再试，或联系村管理员"


class MessageNotAccepted(Conflict):
    """The user has not agreed to a message of this template, or no longer. Not a fault."""

    code = "wechat.message_not_accepted"
    message = "对方没有同意接收这类微信消息"


class MessageRefused(Conflict):
    """WeChat will not deliver this message, however often it is sent."""

    code = "wechat.message_refused"
    message = "微信没有接收这条消息"


# What the operator must look at, by WeChat's code.
CONFIGURATION = {
    40002: "grant_type is wrong: a bug of ours",
    40013: "WX_APPID is wrong, or the client runs under another appid",
    40125: "WX_SECRET is wrong",
    40164: "the address of this server is not in the IP whitelist of the mini-program's console",
    40243: "the secret is frozen: release it in the mini-program's console",
    41002: "WX_APPID is missing",
    41004: "WX_SECRET is missing",
    41008: "the code is missing: a bug of ours",
    40037: "the template of a message is unknown: set it anew with `flask messages template`",
    41030: "the page of a message does not exist in the released mini-program",
    43002: "the call must be a POST: a bug of ours",
    43107: "this mini-program is banned from sending messages: see its console",
    47003: "the values of a message do not fit its template: set it with `flask messages template`",
    48001: "this mini-program has not been granted the interface",
    50004: "this mini-program may not use the interface",
    50007: "the account of the mini-program is frozen",
    89503: "an administrator must confirm the address of this server on WeChat",
    89506: "an administrator refused the address of this server for 24 hours",
    89507: "an administrator refused the address of this server for one hour",
}
# WeChat says "later" in several ways: busy, and too much in a minute or a day.
_BUSY = {-1, 44990, 44991, 45009, 45011}


def refusal(
    rejected: Rejected,
    meant: Mapping[int, type[DomainError]],
    configuration: Mapping[int, str] = CONFIGURATION,
) -> DomainError:
    """The error to raise for a rejection: what the code means in this call, or its general class.

    What only an operator can mend is logged as an error, with what to do about it.
    """
    if rejected.errcode in meant:
        return meant[rejected.errcode]()
    facts = {"call": rejected.path, "errcode": rejected.errcode, "rid": rejected.rid}
    if rejected.errcode in configuration:
        log.error("wechat.misconfigured", hint=configuration[rejected.errcode], **facts)
        return WeChatMisconfigured()
    if rejected.errcode in _BUSY:
        log.warning("wechat.busy", **facts)
    else:
        log.error("wechat.refused_unexpectedly", **facts)
    return WeChatUnavailable()
