"""What a phone would do at WeChat, asked of the stand-in: for a browser, where no WeChat is.

WeChat itself knows none of these addresses, and ``app.config.Settings.is_sandbox`` says whether
anybody may ask for them.
"""

from app.outside.wechat.errors import WeChatUnavailable
from app.outside.wechat.wire import NoAnswer, Rejected, Wire

TIMEOUT_SECONDS = (3.05, 8.0)  # to connect, to read


class StandIn:
    """The controls of ``sandbox.wechat``."""

    def __init__(self, appid: str, base_url: str) -> None:
        self._wire = Wire(appid, base_url=base_url, timeout=TIMEOUT_SECONDS)

    def login_code(self, openid: str) -> str:
        """What ``wx.login()`` would give this person.

        Raises:
            WeChatUnavailable: the stand-in does not answer.
        """
        return self._code("_sandbox/login-codes", {"openid": openid})

    def phone_code(self, openid: str, phone: str) -> str:
        """What the phone button would give this person.

        Raises:
            WeChatUnavailable: the stand-in does not answer.
        """
        return self._code("_sandbox/phone-codes", {"openid": openid, "phone": phone})

    def _code(self, path: str, body: dict[str, str]) -> str:
        try:
            answer = self._wire.send("POST", path, params={}, body=body)
        except (NoAnswer, Rejected):
            raise WeChatUnavailable() from None
        return str(answer["code"])
