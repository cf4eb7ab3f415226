"""The stand-in bank calls Fen: signed hints that it has news, or forged ones."""

import json
import time
from collections.abc import Callable

import requests

from app.outside.bank.http import signature

TIMEOUT_SECONDS = 5.0
PATH = "/notifications"  # what is signed: the path below the base


class Notices:
    """Sends notices to one address, signed with the bank's key."""

    def __init__(self, url: str, api_key: str, now: Callable[[], float] = time.time) -> None:
        self.url = url
        self._api_key = api_key
        self._now = now

    def send(self, payment_id: str, *, times: int = 1, is_forged: bool = False) -> list[int]:
        """The status of the answer to each."""
        body = json.dumps({"payment_id": payment_id}).encode()
        timestamp = str(int(self._now()))
        key = "not the key" if is_forged else self._api_key
        headers = {
            "Content-Type": "application/json",
            "X-Bank-Timestamp": timestamp,
            "X-Bank-Signature": signature(key, timestamp, "POST", PATH, body),
        }
        return [
            requests.post(self.url, data=body, headers=headers, timeout=TIMEOUT_SECONDS).status_code
            for _ in range(times)
        ]
