"""A stand-in for WeChat's servers, speaking their wire: ``python -m sandbox.wechat --port N``.

It knows log-in codes, the stable token and phone codes, with WeChat's error codes. What a phone
would do is done by ``POST /_sandbox/login-codes`` (``wx.login()``) and
``POST /_sandbox/phone-codes`` (the phone button). ``POST /_sandbox/faults`` breaks things. It
also looks at pictures (``sandbox.wechat_checks``).
"""

import argparse
import secrets
import threading
import time
from base64 import b64encode
from collections import Counter
from dataclasses import dataclass
from typing import Any

from flask import Flask, Response, jsonify, request

from sandbox.faults import HOLD_SECONDS, Fault, Faults, broken_answer
from sandbox.serving import Refused, control, new_app, serve, settings_of_stand_in
from sandbox.wechat_checks import KINDS as CHECK_KINDS
from sandbox.wechat_checks import PictureChecks, PushPlace

CODE_SECONDS = 300
TOKEN_SECONDS = 7200
RENEWAL_SECONDS = 300  # a new token is given out so long before the end of the old one
# "subscribeMessage.send": what the keywords of a template hold.
KEYWORD_LENGTHS = {"thing": 20, "number": 32, "date": 24, "time": 24, "amount": 12, "phrase": 5}
KINDS = {"timeout", "500", "html", "garbage", "errcode"}


class WeChatError(Exception):
    """An errcode, which WeChat answers with HTTP 200."""

    def __init__(self, errcode: int, errmsg: str) -> None:
        super().__init__(errmsg)
        self.errcode = errcode
        self.errmsg = errmsg


@dataclass
class Code:
    openid: str
    expires_at: float
    phone: str = ""
    country_code: int = 86
    is_used: bool = False


@dataclass(frozen=True)
class Token:
    value: str
    expires_at: float


class WeChatStandIn:
    """The codes and tokens that are out. Kept in memory: a restart forgets them."""

    def __init__(self, appid: str, secret: str, pushes: PushPlace | None = None) -> None:
        self.appid = appid
        self.checks = PictureChecks(pushes, self.now) if pushes else None
        self.secret = secret
        self.calls: Counter[str] = Counter()
        self.faults = Faults()
        self._login_codes: dict[str, Code] = {}
        self._phone_codes: dict[str, Code] = {}
        self._tokens: list[Token] = []
        self.messages: list[dict[str, Any]] = []
        self._agreements: Counter[tuple[str, str]] = Counter()
        self._ahead_seconds = 0.0
        self._lock = threading.Lock()

    def now(self) -> float:
        return time.time() + self._ahead_seconds

    def advance(self, seconds: float) -> None:
        self._ahead_seconds += seconds

    def count(self, path: str) -> None:
        with self._lock:
            self.calls[path] += 1

    def new_login_code(self, openid: str) -> str:
        with self._lock:
            return self._issue(self._login_codes, Code(openid, self.now() + CODE_SECONDS))

    def new_phone_code(self, openid: str, phone: str, country_code: int) -> str:
        code = Code(openid, self.now() + CODE_SECONDS, phone, country_code)
        with self._lock:
            return self._issue(self._phone_codes, code)

    def _issue(self, codes: dict[str, Code], code: Code) -> str:
        for old in [value for value, kept in codes.items() if kept.expires_at <= self.now()]:
            del codes[old]
        value = secrets.token_hex(16)
        codes[value] = code
        return value

    def agree(self, openid: str, template_id: str, times: int) -> None:
        """The user taps "allow" so many times."""
        with self._lock:
            self._agreements[openid, template_id] += times

    def deliver(self, message: dict[str, Any]) -> None:
        """A subscribe message, which uses up one agreement."""
        key = str(message.get("touser", "")), str(message.get("template_id", ""))
        values = {name: str(held.get("value", "")) for name, held in message["data"].items()}
        for name, value in values.items():
            limit = KEYWORD_LENGTHS.get(name.rstrip("0123456789"))
            if limit is None or not 0 < len(value) <= limit:
                raise WeChatError(47003, f"argument invalid! data.{name}.value is invalid")
        with self._lock:
            if self._agreements[key] <= 0:
                raise WeChatError(43101, "user refuse to accept the msg")
            self._agreements[key] -= 1
            self.messages.append(
                {"touser": key[0], "template_id": key[1], "page": message.get("page")} | values
            )

    def login(self, value: str) -> Code:
        with self._lock:
            return self._used(self._login_codes, value)

    def phone(self, value: str, openid: str | None) -> Code:
        with self._lock:
            kept = self._phone_codes.get(value)
            if kept is not None and openid and kept.openid != openid:
                raise WeChatError(40003, "invalid openid")
            return self._used(self._phone_codes, value)

    def _used(self, codes: dict[str, Code], value: str) -> Code:
        if not value:
            raise WeChatError(41008, "missing code")
        code = codes.get(value)
        if code is None or code.expires_at <= self.now():
            raise WeChatError(40029, "invalid code")
        if code.is_used:
            raise WeChatError(40163, "code been used")
        code.is_used = True
        return code

    def stable_token(self, *, force_refresh: bool) -> dict[str, Any]:
        """The same token while it lives; a new one beside it in its last five minutes."""
        with self._lock:
            now = self.now()
            self._tokens = [token for token in self._tokens if token.expires_at > now]
            if force_refresh:
                self._tokens.clear()
            newest = self._tokens[-1] if self._tokens else None
            if newest is None or newest.expires_at - now <= RENEWAL_SECONDS:
                newest = Token("stand-in_" + secrets.token_urlsafe(96), now + TOKEN_SECONDS)
                self._tokens.append(newest)
            return {"access_token": newest.value, "expires_in": int(newest.expires_at - now)}

    def check_token(self, value: str) -> None:
        if not value:
            raise WeChatError(41001, "access_token missing")
        with self._lock:
            found = [token for token in self._tokens if token.value == value]
        if not found:
            raise WeChatError(40001, "invalid credential, access_token is invalid or not latest")
        if found[0].expires_at <= self.now():
            raise WeChatError(42001, "access_token expired")

    def check_appid(self, appid: str | None, secret: str | None) -> None:
        if not appid:
            raise WeChatError(41002, "appid missing")
        if not secret:
            raise WeChatError(41004, "appsecret missing")
        if appid != self.appid:
            raise WeChatError(40013, "invalid appid")
        if secret != self.secret:
            raise WeChatError(40125, "invalid appsecret")


def create_app(stand_in: WeChatStandIn) -> Flask:
    app = new_app("sandbox.wechat", "这是演示用的模拟微信。 A stand-in for WeChat.")
    _add_faults(app, stand_in)
    _add_wire(app, stand_in)
    _add_picture_checks(app, stand_in)
    _add_controls(app, stand_in)
    _add_message_controls(app, stand_in)
    return app


def _add_wire(app: Flask, stand_in: WeChatStandIn) -> None:
    @app.get("/sns/jscode2session")
    def jscode2session() -> Any:
        stand_in.check_appid(request.args.get("appid"), request.args.get("secret"))
        if request.args.get("grant_type") != "authorization_code":
            raise WeChatError(40002, "invalid grant_type")
        code = stand_in.login(request.args.get("js_code", ""))
        answer = jsonify(
            session_key=b64encode(secrets.token_bytes(16)).decode(), openid=code.openid
        )
        answer.content_type = "text/plain"  # as WeChat sends it; and no errcode on success
        return answer

    @app.route("/cgi-bin/stable_token", methods=["GET", "POST"])
    def stable_token() -> Any:
        body = _json_body()
        if body.get("grant_type") != "client_credential":
            raise WeChatError(40002, "invalid grant_type")
        stand_in.check_appid(body.get("appid"), body.get("secret"))
        return stand_in.stable_token(force_refresh=body.get("force_refresh") is True)

    @app.route("/wxa/business/getuserphonenumber", methods=["GET", "POST"])
    def getuserphonenumber() -> Any:
        stand_in.check_token(request.args.get("access_token", ""))
        body = _json_body()
        code = stand_in.phone(str(body.get("code", "")), body.get("openid"))
        prefix = "" if code.country_code == 86 else f"+{code.country_code}"
        return {
            "errcode": 0,
            "errmsg": "ok",
            "phone_info": {
                "phoneNumber": prefix + code.phone,
                "purePhoneNumber": code.phone,
                "countryCode": code.country_code,
                "watermark": {"timestamp": int(stand_in.now()), "appid": stand_in.appid},
            },
        }

    @app.route("/cgi-bin/message/subscribe/send", methods=["GET", "POST"])
    def subscribe_send() -> Any:
        stand_in.check_token(request.args.get("access_token", ""))
        body = _json_body()
        if not isinstance(body.get("data"), dict):
            raise WeChatError(47003, "argument invalid! data")
        stand_in.deliver(body)
        return {"errcode": 0, "errmsg": "ok"}

    @app.errorhandler(WeChatError)
    def refused(error: WeChatError) -> Any:
        rid = f"{secrets.token_hex(4)}-{secrets.token_hex(4)}-{secrets.token_hex(4)}"
        return {"errcode": error.errcode, "errmsg": f"{error.errmsg}, rid: {rid}"}


def _add_picture_checks(app: Flask, stand_in: WeChatStandIn) -> None:
    @app.route("/wxa/media_check_async", methods=["GET", "POST"])
    def media_check_async() -> Any:
        stand_in.check_token(request.args.get("access_token", ""))
        body = _json_body()
        if not body.get("openid"):
            raise WeChatError(40003, "invalid openid")
        if (body.get("media_type"), body.get("version")) != (2, 2):
            raise WeChatError(40004, "invalid media type")
        if stand_in.checks is None:
            raise WeChatError(48001, "api unauthorized")
        return {"errcode": 0, "errmsg": "ok", "trace_id": stand_in.checks.ask(body)}


def _json_body() -> dict[str, Any]:
    if request.method != "POST":
        raise WeChatError(43002, "require POST method")
    body = request.get_json(force=True, silent=True)
    if not isinstance(body, dict):
        raise WeChatError(47001, "data format error")
    return body


def _add_message_controls(app: Flask, stand_in: WeChatStandIn) -> None:
    @app.post("/_sandbox/agreements")
    def agreements() -> Any:
        stand_in.agree(control("openid"), control("template_id"), control("times", int, 1))
        return {}

    @app.get("/_sandbox/messages")
    def messages() -> Any:
        """The subscribe messages that were delivered, oldest first."""
        return jsonify(stand_in.messages)


def _add_controls(app: Flask, stand_in: WeChatStandIn) -> None:
    @app.post("/_sandbox/login-codes")
    def login_codes() -> Any:
        return {"code": stand_in.new_login_code(control("openid"))}

    @app.post("/_sandbox/phone-codes")
    def phone_codes() -> Any:
        openid, phone = control("openid"), control("phone")
        return {"code": stand_in.new_phone_code(openid, phone, control("country_code", int, 86))}

    @app.post("/_sandbox/content-verdicts")
    def content_verdicts() -> Any:
        kind = control("kind")
        if kind not in CHECK_KINDS or stand_in.checks is None:
            raise Refused(f'"kind" must be one of {", ".join(sorted(CHECK_KINDS))}')
        stand_in.checks.tell(kind, control("times", int, 1))
        return {}

    @app.post("/_sandbox/faults")
    def add_fault() -> Any:
        kind = control("kind")
        if kind not in KINDS:
            raise Refused(f'"kind" must be one of {", ".join(sorted(KINDS))}')
        stand_in.faults.add(
            Fault(
                where="/" + control("path").lstrip("/"),
                kind=kind,
                times=control("times", int, 1),
                errcode=control("errcode", int, -1),
                hold_seconds=control("hold_seconds", int, HOLD_SECONDS),
            )
        )
        return {}

    @app.delete("/_sandbox/faults")
    def clear_faults() -> Any:
        stand_in.faults.clear()
        return {}

    @app.get("/_sandbox/calls")
    def calls() -> Any:
        """How often each path was asked since the start."""
        return dict(stand_in.calls)

    @app.post("/_sandbox/advance")
    def advance() -> Any:
        stand_in.advance(control("seconds", int))
        return {}


def _add_faults(app: Flask, stand_in: WeChatStandIn) -> None:
    @app.before_request
    def break_before() -> Any:
        stand_in.count(request.path)
        fault = stand_in.faults.take(request.path, KINDS - {"timeout"})
        if fault is None:
            return None
        if fault.kind == "errcode":
            raise WeChatError(fault.errcode, "as told")
        return broken_answer(fault.kind)

    @app.after_request
    def break_after(answer: Response) -> Response:
        """A time-out comes after the work is done: the code is used up all the same."""
        fault = stand_in.faults.take(request.path, {"timeout"})
        if fault is not None:
            stand_in.faults.hold_and_drop(fault)
        return answer


def main() -> None:
    parser = argparse.ArgumentParser(description="A stand-in for WeChat's servers")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--host", default="127.0.0.1")
    options = parser.parse_args()
    settings = settings_of_stand_in()
    pushes = PushPlace(
        url=settings.public_base_url.rstrip("/") + "/api/v1/wechat/pushes",
        token=settings.wechat_push_token,
        aes_key=settings.wechat_push_aes_key,
        appid=settings.wechat_appid,
    )
    stand_in = WeChatStandIn(settings.wechat_appid, settings.wechat_secret, pushes)
    serve(create_app(stand_in), options.host, options.port, stop=stand_in.faults.stop)


if __name__ == "__main__":
    main()
