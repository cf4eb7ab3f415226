"""The mini-program in a browser, at ``/m/``: its files, and who one may be there.

The page is for trying and for testing. Where WeChat is the real one nobody is offered to anybody:
``/m/people`` is refused, and the files alone let nobody in.
"""

import json
import re
from base64 import b64encode
from hashlib import sha256
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, current_app, redirect, send_from_directory, url_for
from flask.typing import ResponseReturnValue

from app.config import ROOT, Settings
from app.kernel.errors import NotFound
from app.outside.wechat.stand_in import StandIn
from app.web.auth import public

bp = Blueprint("browser", __name__, url_prefix="/m")

BUILT = ROOT / "miniprogram" / "dist" / "h5"
PEOPLE = Path("sandbox") / "people.json"
HASHED = re.compile(r".+\.[0-9a-f]{8,}\.[a-z]+")  # a name that changes with what is in the file
FOREVER_SECONDS = 365 * 24 * 3600
INLINE_SCRIPT = re.compile(rb"<script>(.*?)</script>", re.DOTALL)
OPENID = re.compile("demo-(1[3-9][0-9]{9})")
NOT_BUILT = """<!doctype html>
<html lang="zh-CN"><meta charset="utf-8"><meta http-equiv="refresh" content="5"><title>分</title>
<h1>小程序还没有编译好</h1>
<p>刚启动的话请等几分钟，编译好了这一页自己会打开。
等不到，就运行 <code>make client</code>，看它怎么说。</p>
<p>The mini-program is not built yet. After a first start it takes some minutes, and this page
opens by itself; if it does not, <code>make client</code> says why.</p></html>
"""


class NoSandbox(NotFound):
    """Here people sign in with WeChat itself."""

    code = "sandbox.none"
    message = "这里是正式系统，请从微信小程序进入"


@bp.get("/")
@public
def index() -> ResponseReturnValue:
    """The first page; asked for anew each time, because it names the files of the build."""
    page = BUILT / "index.html"
    if not page.exists():
        return Response(NOT_BUILT, status=503, content_type="text/html; charset=utf-8")
    content = page.read_bytes()
    answer = Response(content, content_type="text/html; charset=utf-8")
    answer.headers["Content-Security-Policy"] = _policy(content)
    answer.headers["Cache-Control"] = "no-cache"
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


@bp.get("/<path:name>")
@public
def file(name: str) -> ResponseReturnValue:
    """A file of the build; one whose name holds a hash is never asked for again."""
    if name == "index.html":
        return redirect(url_for("browser.index"))
    answer = send_from_directory(BUILT, name)
    if HASHED.fullmatch(name):
        answer.cache_control.max_age = FOREVER_SECONDS
        answer.cache_control.immutable = True
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


@bp.get("/people")
@public
def people() -> Any:
    """Who one may be: the demo county's people, in the order in which they are worth meeting."""
    return _listed()


@bp.post("/people/<openid>/login-code")
@public
def login_code(openid: str) -> Any:
    """What ``wx.login()`` would give one of them; ``POST /api/v1/session`` takes it."""
    return {"code": _stand_in().login_code(_known(openid))}


@bp.post("/people/<openid>/phone-code")
@public
def phone_code(openid: str) -> Any:
    """What the phone button would give one of them."""
    phone = OPENID.fullmatch(_known(openid))
    if phone is None:
        raise NotFound()
    return {"code": _stand_in().phone_code(openid, phone[1])}


def _listed() -> dict[str, Any]:
    settings: Settings = current_app.config["SETTINGS"]
    told = settings.home_path / PEOPLE
    if not settings.is_sandbox or not told.exists():
        raise NoSandbox()
    found: dict[str, Any] = json.loads(told.read_text())
    return found


def _known(openid: str) -> str:
    if openid not in {someone["openid"] for someone in _listed()["people"]}:
        raise NotFound()
    return openid


def _stand_in() -> StandIn:
    settings: Settings = current_app.config["SETTINGS"]
    return StandIn(settings.wechat_appid, settings.wechat_api_base)


def _policy(page: bytes) -> str:
    """Nothing from elsewhere but the photo store; the page's own script is named by its digest."""
    settings: Settings = current_app.config["SETTINGS"]
    store = f" {settings.s3_endpoint}" if settings.photo_store == "s3" else ""
    scripts = " ".join(
        f"'sha256-{b64encode(sha256(found).digest()).decode()}'"
        for found in INLINE_SCRIPT.findall(page)
    )
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self' 'wasm-unsafe-eval' {scripts}",
            "style-src 'self' 'unsafe-inline'",
            f"img-src 'self' data: blob:{store}",
            f"connect-src 'self' blob:{store}",
            "media-src 'self' blob:",
            "font-src 'self' data:",
            "form-action 'none'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        )
    )
