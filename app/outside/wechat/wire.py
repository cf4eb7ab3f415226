"""One request to WeChat and the three ways it can end: a result, a rejection, or not knowing.

Nothing raised here carries the request, whose URL holds the secret, the token or the code.
"""

import re
from typing import Any

import requests
from prometheus_client import Counter
from requests.adapters import HTTPAdapter
from wechatpy.client.base import BaseWeChatClient
from wechatpy.exceptions import WeChatClientException

CALLS = Counter("fen_wechat_calls_total", "Requests to WeChat", ["call", "outcome"])
CONNECTIONS = 32  # kept open; as many as a process has threads
_RID = re.compile(r"rid: ?([0-9A-Za-z-]{4,64})")


class Rejected(Exception):
    """WeChat answered with an errcode; ``rid`` is what its support asks for."""

    def __init__(self, path: str, errcode: int, errmsg: object) -> None:
        super().__init__(f"{path}: errcode {errcode}")
        self.path = path
        self.errcode = errcode
        found = _RID.search(str(errmsg))
        self.rid = found[1] if found else ""


class NoAnswer(Exception):
    """No usable answer came; WeChat may or may not have acted on the request."""

    def __init__(self, path: str, why: str) -> None:
        super().__init__(f"{path}: {why}")
        self.path = path
        self.why = why


class Wire(BaseWeChatClient):
    """wechatpy's transport, without its token handling and its unbounded retry."""

    def __init__(self, appid: str, *, base_url: str, timeout: tuple[float, float]) -> None:
        super().__init__(appid, timeout=timeout, auto_retry=False)
        self.API_BASE_URL = base_url.rstrip("/") + "/"
        for scheme in ("http://", "https://"):
            self._http.mount(scheme, HTTPAdapter(pool_maxsize=CONNECTIONS))

    def send(
        self, method: str, path: str, *, params: dict[str, str], body: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        """Send one request, once.

        Raises:
            Rejected: WeChat answered with an errcode.
            NoAnswer: time-out, lost connection, HTTP error, or an answer that is not JSON.
        """
        try:
            result = self._result(method, path, params, body)
        except Rejected as rejected:
            CALLS.labels(path, str(rejected.errcode)).inc()
            raise
        except NoAnswer as unknown:
            CALLS.labels(path, unknown.why).inc()
            raise
        CALLS.labels(path, "0").inc()
        return result

    def _result(
        self, method: str, path: str, params: dict[str, str], body: dict[str, Any] | None
    ) -> dict[str, Any]:
        # A list of pairs keeps wechatpy from adding an access token by itself.
        content: dict[str, Any] = {"params": list(params.items()), "allow_redirects": False}
        if body is not None:
            content |= {"data": body, "headers": {"Content-Type": "application/json"}}
        try:
            result = self._request(method, path, **content)
        # "from None": the cause holds the URL.
        except WeChatClientException as error:
            if error.errcode is None:
                raise NoAnswer(path, f"http_{error.response.status_code}") from None
            raise Rejected(path, error.errcode, error.errmsg) from None
        except requests.Timeout:
            raise NoAnswer(path, "timeout") from None
        except requests.RequestException:
            raise NoAnswer(path, "connection") from None
        except (TypeError, ValueError, RecursionError):  # an errcode that is no number, or [[[[…
            raise NoAnswer(path, "garbage") from None
        if not isinstance(result, dict):
            raise NoAnswer(path, "garbage")
        return result
