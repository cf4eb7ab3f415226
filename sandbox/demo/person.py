"""Somebody in the story: signs in with WeChat and uses the API as the mini-program would."""

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import requests

from sandbox.demo.stage import ANSWER_SECONDS_MAX, Stage, StoryBroken


@dataclass(frozen=True)
class Answer:
    status: int
    body: Any


class Person:
    """One person with one phone. Every command they send carries a key of its own."""

    def __init__(self, stage: Stage, name: str, phone: str) -> None:
        self.name = name
        self.phone = phone
        self._stage = stage
        self._openid = f"demo-{phone}"
        self._http = requests.Session()

    def sign_in(self) -> "Person":
        """What opening the mini-program does: wx.login(), then our session."""
        code = self._stage.control(self._stage.wechat, "login-codes", openid=self._openid)["code"]
        self._carry(self.post("session", {"code": code}))
        return self

    def prove_phone(self) -> "Person":
        """Tap "use my WeChat phone number"."""
        code = self._stage.control(
            self._stage.wechat, "phone-codes", openid=self._openid, phone=self.phone
        )["code"]
        bound = self.post("bindings/by-phone", {"code": code})
        if bound["session"]:
            self._carry(bound["session"])
        return self

    def get(self, path: str, **query: Any) -> Any:
        return self.ask("GET", path, params=query, expected=200).body

    def post(self, path: str, body: Any = None, expected: int = 201, key: str = "") -> Any:
        headers = {"Idempotency-Key": key or uuid4().hex}
        return self.ask("POST", path, json=body, headers=headers, expected=expected).body

    def upload(self, path: str, files: dict[str, Any], expected: int = 201, **fields: str) -> Any:
        headers = {"Idempotency-Key": uuid4().hex}
        parts = {"files": files, "data": fields, "headers": headers}
        return self.ask("POST", path, expected=expected, **parts).body

    def refused(self, path: str, body: Any = None) -> str:
        """Send a command that must be refused; returns the sentence it was refused with."""
        headers = {"Idempotency-Key": uuid4().hex}
        answer = self.ask("POST", path, json=body, headers=headers)
        if answer.status < 400 or answer.status >= 500:
            raise StoryBroken(f"{self.name} POST {path} 本应被拒绝，却得到 {answer}")
        sentence: str = answer.body["message"]
        return sentence

    def ask(self, method: str, path: str, expected: int | None = None, **parts: Any) -> Answer:
        """One request; an answer other than expected breaks the story."""
        url = f"{self._stage.api}/api/v1/{path}"
        response = self._http.request(method, url, timeout=ANSWER_SECONDS_MAX, **parts)
        is_json = response.headers.get("Content-Type", "").startswith("application/json")
        answer = Answer(response.status_code, response.json() if is_json else response.content)
        if expected is not None and answer.status != expected:
            raise StoryBroken(f"{self.name} {method} {path}: {answer.status} {answer.body}")
        return answer

    def _carry(self, session: Any) -> None:
        self._http.headers["Authorization"] = f"Bearer {session['token']}"
