"""What the service asks of WeChat: who logs in, their phone number, a message to them."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog

from app.kernel import clock
from app.kernel.errors import DomainError
from app.outside.wechat.errors import (
    ImageNotTaken,
    LoginBlocked,
    LoginCodeInvalid,
    MessageNotAccepted,
    MessageRefused,
    PhoneCodeInvalid,
    PhoneNotMainland,
    WeChatTooOften,
    WeChatUnavailable,
    refusal,
)
from app.outside.wechat.pushes import is_trace_id
from app.outside.wechat.subscribe import fitted
from app.outside.wechat.tokens import Shared, Tokens
from app.outside.wechat.wire import NoAnswer, Rejected, Wire

log = structlog.get_logger(__name__)

WECHAT_API_BASE = "https://api.weixin.qq.com/"
TIMEOUT_SECONDS = (3.05, 8.0)  # to connect, to read

_TOKEN_REFUSED = {40001, 40014, 42001}
_CODE_LENGTH_MAX = 512
_MAINLAND_PHONE = re.compile("1[3-9][0-9]{9}")
_ON_LOGIN: dict[int, type[DomainError]] = {
    40029: LoginCodeInvalid,
    40163: LoginCodeInvalid,
    40226: LoginBlocked,
    45011: WeChatTooOften,
}
_ON_PHONE: dict[int, type[DomainError]] = {
    40003: PhoneCodeInvalid,  # the code is another user's
    40029: PhoneCodeInvalid,
    40163: PhoneCodeInvalid,
    45011: WeChatTooOften,
}
_ON_MESSAGE: dict[int, type[DomainError]] = {
    40003: MessageRefused,  # the account is gone, or never was this mini-program's
    43101: MessageNotAccepted,
    45168: MessageRefused,  # words that WeChat does not carry
}
_IMAGE, _SOCIAL_LOG = 2, 4
_ON_CHECK: dict[int, type[DomainError]] = {
    40003: ImageNotTaken,
    40004: ImageNotTaken,
    43104: ImageNotTaken,  # not a user of this mini-program
    61010: ImageNotTaken,  # has not used the mini-program for two hours
    87020: ImageNotTaken,  # the same again too soon
}


@dataclass(frozen=True)
class WeChatSession:
    """Who logged in. WeChat's session key is dropped: nothing of ours decrypts with it."""

    openid: str
    unionid: str | None  # only if the mini-program is bound to an Open Platform account


class WeChat:
    """The mini-program's side of WeChat. One for a process; safe for its threads."""

    def __init__(
        self,
        appid: str,
        secret: str,
        shared: Shared,
        *,
        base_url: str = WECHAT_API_BASE,
        timeout_seconds: tuple[float, float] = TIMEOUT_SECONDS,
        now: Callable[[], datetime] = clock.now,
    ) -> None:
        self._appid = appid
        # The version of the mini-program that a tap on a message opens.
        self._message_state = "formal" if base_url == WECHAT_API_BASE else "developer"
        self._secret = secret
        self._wire = Wire(appid, base_url=base_url, timeout=timeout_seconds)
        self._tokens = Tokens(self._wire, secret, shared, now)

    @property
    def appid(self) -> str:
        """The mini-program's own id; openids hold for it alone."""
        return self._appid

    def session(self, code: str) -> WeChatSession:
        """Who is behind a code of ``wx.login()``. The code works once, for five minutes.

        Never retried here: after a time-out the code may be used up, and only the client can
        get another.

        Raises:
            LoginCodeInvalid: the code is wrong, old or used.
            LoginBlocked: WeChat holds the user for a risk.
            WeChatTooOften: more than WeChat lets one user log in.
            WeChatUnavailable, WeChatMisconfigured: see ``errors``.
        """
        if not _is_plausible(code):
            raise LoginCodeInvalid()
        answer = self._call(
            "get",
            "sns/jscode2session",
            params={
                "appid": self._appid,
                "secret": self._secret,
                "js_code": code,
                "grant_type": "authorization_code",
            },
            with_token=False,
            meant=_ON_LOGIN,
        )
        openid = answer.get("openid")
        if not isinstance(openid, str) or not openid:
            raise _unusable("sns/jscode2session", "no openid")
        return WeChatSession(openid=openid, unionid=answer.get("unionid") or None)

    def phone_number(self, code: str, openid: str) -> str:
        """The eleven digits of the phone number that the user agreed to show.

        ``code`` is that of the phone button, not of ``wx.login()``; WeChat checks that it is
        ``openid``'s. It works once, for five minutes.

        Raises:
            PhoneCodeInvalid: the code is wrong, old, used or another user's.
            PhoneNotMainland: the number is not of the Chinese mainland.
            WeChatTooOften, WeChatUnavailable, WeChatMisconfigured: see ``errors``.
        """
        if not _is_plausible(code):
            raise PhoneCodeInvalid()
        path = "wxa/business/getuserphonenumber"
        answer = self._call("post", path, body={"code": code, "openid": openid}, meant=_ON_PHONE)
        try:
            shown = answer["phone_info"]
            appid = shown["watermark"]["appid"]
            country = str(shown["countryCode"]).lstrip("+")  # a number or text
            number = str(shown["purePhoneNumber"])
        except (KeyError, TypeError):
            raise _unusable(path, "no phone number") from None
        if appid != self._appid:
            raise _unusable(path, "watermark of another appid")
        if country != "86" or not _MAINLAND_PHONE.fullmatch(number):
            raise PhoneNotMainland()
        return number

    def send_message(
        self, *, openid: str, template_id: str, values: Mapping[str, str], page: str
    ) -> None:
        """Send a subscribe message to a user who agreed to one of this template.

        ``values`` are by keyword, ``thing1`` say, and are cut to what WeChat takes. ``page`` opens
        when the message is tapped.

        Raises:
            MessageNotAccepted: the user did not agree, or their agreement is used up.
            MessageRefused: WeChat will never deliver it.
            WeChatUnavailable, WeChatMisconfigured: see ``errors``; it may have been delivered.
        """
        body = {
            "touser": openid,
            "template_id": template_id,
            "page": page,
            "data": fitted(values),
            "miniprogram_state": self._message_state,
            "lang": "zh_CN",
        }
        self._call("post", "cgi-bin/message/subscribe/send", body=body, meant=_ON_MESSAGE)

    def check_image(self, url: str, openid: str) -> str:
        """Have the picture at the URL looked at; the verdict comes as a push with this trace id.

        ``openid`` is whoever sent the picture. The URL must live for an hour.

        Raises:
            ImageNotTaken: WeChat will not look at it, at least not now and for this user.
            WeChatUnavailable, WeChatMisconfigured: see ``errors``.
        """
        path = "wxa/media_check_async"
        body = {
            "media_url": url,
            "media_type": _IMAGE,
            "version": 2,
            "scene": _SOCIAL_LOG,
            "openid": openid,
        }
        answer = self._call("post", path, body=body, meant=_ON_CHECK)
        trace_id = answer.get("trace_id")
        if not is_trace_id(trace_id):
            raise _unusable(path, "no trace id")
        return trace_id

    def _call(
        self,
        method: str,
        path: str,
        *,
        meant: dict[int, type[DomainError]],
        params: dict[str, str] | None = None,
        body: dict[str, Any] | None = None,
        with_token: bool = True,
    ) -> dict[str, Any]:
        """The one door to WeChat: the result, or an error of ours.

        ``meant`` says which errcodes have a meaning of their own in this call. A refused token
        is the one thing tried again, once, and only with another token.
        """
        query = dict(params or {})
        send = self._send_with_token if with_token else self._send
        try:
            return send(method, path, query, body)
        except Rejected as rejected:
            raise refusal(rejected, meant) from None
        except NoAnswer as unknown:
            raise _unusable(unknown.path, unknown.why) from None

    def _send_with_token(
        self, method: str, path: str, query: dict[str, str], body: dict[str, Any] | None
    ) -> dict[str, Any]:
        token = self._tokens.current()
        try:
            return self._send(method, path, query | {"access_token": token}, body)
        except Rejected as rejected:
            if rejected.errcode not in _TOKEN_REFUSED:
                raise
            another = self._tokens.current(refused=token)
            if another == token:
                raise
        return self._send(method, path, query | {"access_token": another}, body)

    def _send(
        self, method: str, path: str, query: dict[str, str], body: dict[str, Any] | None
    ) -> dict[str, Any]:
        return self._wire.send(method, path, params=query, body=body)


def _is_plausible(code: str) -> bool:
    return 0 < len(code) <= _CODE_LENGTH_MAX


def _unusable(path: str, why: str) -> WeChatUnavailable:
    log.warning("wechat.no_answer", call=path, why=why)
    return WeChatUnavailable()
