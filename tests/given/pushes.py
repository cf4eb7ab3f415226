"""WeChat's pushes as it would send them, and its interface for checking pictures."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha1

import responses

from app.config import Settings
from sandbox.wechat_checks import PictureChecks, PushPlace, as_xml
from tests.given.wechat_wire import BASE

ADDRESS = "/api/v1/wechat/pushes"


class Push:
    """Pushes to the application of a test client, at a time, with its own secrets."""

    def __init__(self, client, settings: Settings, now) -> None:
        self._client = client
        self._now = now
        self.token = settings.wechat_push_token
        self.place = PushPlace(
            "", settings.wechat_push_token, settings.wechat_push_aes_key, settings.wechat_appid
        )

    def event(self, trace_id: str, suggest: str | None = "pass", **fields) -> dict:
        result = {"result": {"suggest": suggest, "label": 100}} if suggest else {}
        return {
            "ToUserName": "gh_1",
            "FromUserName": "o-1",
            "CreateTime": int(self._now().timestamp()),
            "MsgType": "event",
            "Event": "wxa_media_check",
            "appid": self.place.appid,
            "trace_id": trace_id,
            "version": 2,
            "errcode": 0,
            "errmsg": "ok",
            **result,
            **fields,
        }

    def send(self, event: dict, *, is_xml: bool = False, seconds_ago: int = 0, **altered):
        """Post one event; ``altered`` are parameters of the query to send instead."""
        written = as_xml if is_xml else json.dumps
        encrypted = PictureChecks(self.place).encrypted(written(event))
        query = self.signed("msg_signature", encrypted, seconds_ago=seconds_ago) | altered
        body = written({"ToUserName": "gh_1", "Encrypt": encrypted})
        return self._client.post(ADDRESS, query_string=query, data=body.encode())

    def answer(self, trace_id: str, suggest: str | None = "pass", **fields):
        return self.send(self.event(trace_id, suggest, **fields))

    def signed(self, name: str, *parts: str, seconds_ago: int = 0) -> dict[str, str]:
        timestamp = str(int(self._now().timestamp()) - seconds_ago)
        text = "".join(sorted([self.token, timestamp, "nonce", *parts]))
        return {
            "timestamp": timestamp,
            "nonce": "nonce",
            name: sha1(text.encode(), usedforsecurity=False).hexdigest(),
        }


@contextmanager
def picture_checks(*answers: dict) -> Iterator[list[dict]]:
    """WeChat answers the next questions so (by default with trace ids t-1, t-2, …).

    Gives the bodies of the questions.
    """
    asked: list[dict] = []

    def answer(request):
        asked.append(json.loads(request.body))
        place = len(asked) - 1
        told = answers[place] if place < len(answers) else {"trace_id": f"t-{place + 1}"}
        return 200, {"Content-Type": "application/json"}, json.dumps({"errcode": 0, **told})

    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        mock.add(
            "POST", f"{BASE}/cgi-bin/stable_token", json={"access_token": "T", "expires_in": 7200}
        )
        mock.add_callback("POST", f"{BASE}/wxa/media_check_async", answer)
        yield asked
