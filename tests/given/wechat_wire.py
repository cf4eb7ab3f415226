"""WeChat's answers as its documentation gives them, for tests of what stands on them."""

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import parse_qs, urlsplit

import responses
from requests import PreparedRequest

from app.kernel.secrets import Vault

BASE = "http://127.0.0.1:9"
APPID = "wxsandbox0000000000"
VAULT = Vault(  # seals the shared token
    field_keys="test:" + base64.b64encode(b"t" * 32).decode(),
    index_key=base64.b64encode(b"i" * 32).decode(),
    digest_key="d" * 32,
)


@contextmanager
def wechat(*, openid: str = "openid-1", phone: str = "19900000001") -> Iterator[None]:
    """WeChat knows one account with one phone; a code is used up by the first call with it."""
    used: set[str] = set()

    def once(code: str, answer: dict[str, object]) -> tuple[int, dict[str, str], str]:
        if code in used:
            answer = {"errcode": 40163, "errmsg": "code been used, rid: 6651-test"}
        used.add(code)
        return 200, {"Content-Type": "application/json"}, json.dumps(answer)

    def session(request: PreparedRequest) -> tuple[int, dict[str, str], str]:
        code = parse_qs(urlsplit(str(request.url)).query)["js_code"][0]
        return once(code, {"openid": openid, "session_key": "c2Vzc2lvbg=="})

    def number(request: PreparedRequest) -> tuple[int, dict[str, str], str]:
        sent = json.loads(request.body or "{}")
        shown = {
            "phoneNumber": phone,
            "purePhoneNumber": phone,
            "countryCode": "86",
            "watermark": {"timestamp": 1780000000, "appid": APPID},
        }
        answer: dict[str, object] = {"errcode": 0, "errmsg": "ok", "phone_info": shown}
        if sent.get("openid") != openid:
            answer = {"errcode": 40003, "errmsg": "invalid openid"}
        return once(sent["code"], answer)

    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        mock.add_callback("GET", f"{BASE}/sns/jscode2session", session)
        token = {"access_token": "T", "expires_in": 7200}
        mock.add("POST", f"{BASE}/cgi-bin/stable_token", json=token)
        mock.add_callback("POST", f"{BASE}/wxa/business/getuserphonenumber", number)
        yield


SECRET = "s3cret-of-the-mini-program"
