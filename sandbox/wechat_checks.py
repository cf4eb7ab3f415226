"""The stand-in's check of pictures: fetches each, then pushes its verdict, signed and encrypted.

It says "pass" unless told otherwise by ``POST /_sandbox/content-verdicts``: ``risky``, ``review``,
``silent`` (no push), ``twice``, ``early`` (the push before the answer to the question), ``forged``
(a signature of somebody else's), ``undownloadable``. The encryption is written here anew rather
than taken from the product's library, so that the two check each other.
"""

import json
import os
import secrets
import struct
import threading
import time
from base64 import b64decode, b64encode
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha1
from typing import Any

import requests
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

KINDS = {"pass", "risky", "review", "silent", "twice", "early", "forged", "undownloadable"}
LABELS = {"pass": 100, "risky": 20002, "review": 21000}
FETCH_TRIES, PAUSE_SECONDS = 5, 1.0  # the service may still be starting
TIMEOUT_SECONDS = 10
RETRIES, RETRY_AFTER_SECONDS = 3, 5
BLOCK_BYTES = 32
NOT_DOWNLOADED = -1008


@dataclass(frozen=True)
class PushPlace:
    """Where pushes go, and with which secrets, as the mini-program's console has them."""

    url: str
    token: str
    aes_key: str
    appid: str
    is_xml: bool = False


class PictureChecks:
    """The questions asked, and what becomes of them."""

    def __init__(self, place: PushPlace, now: Callable[[], float] = time.time) -> None:
        self._place = place
        self._now = now
        self._told: list[str] = []
        self._lock = threading.Lock()
        self.asked: list[dict[str, Any]] = []

    def tell(self, kind: str, times: int) -> None:
        """What to do with the next pictures."""
        with self._lock:
            self._told += [kind] * times

    def ask(self, body: dict[str, Any]) -> str:
        """Take a question; returns its trace id. The verdict is pushed from a thread."""
        trace_id = f"{secrets.token_hex(4)}-{secrets.token_hex(4)}-{secrets.token_hex(4)}"
        with self._lock:
            self.asked.append({**body, "trace_id": trace_id})
            kind = self._told.pop(0) if self._told else "pass"
        if kind == "early":
            self._look_and_push(trace_id, body, kind)
        elif kind != "silent":
            threading.Thread(
                target=self._look_and_push, args=(trace_id, body, kind), daemon=True
            ).start()
        return trace_id

    def _look_and_push(self, trace_id: str, body: dict[str, Any], kind: str) -> None:
        is_here = kind != "undownloadable" and _is_downloaded(str(body.get("media_url")))
        event = self._event(trace_id, str(body.get("openid")), kind, is_here=is_here)
        token = self._place.token if kind != "forged" else "token-of-a-forger"
        for _ in range(2 if kind == "twice" else 1):
            if self.push(event, token=token) is None and kind != "early":
                self._push_again(event, token)

    def _push_again(self, event: dict[str, Any], token: str) -> None:
        """WeChat sends an event again, three times, five seconds apart, until somebody answers."""
        for _ in range(RETRIES):
            time.sleep(RETRY_AFTER_SECONDS)
            if self.push(event, token=token) is not None:
                return

    def _event(self, trace_id: str, openid: str, kind: str, *, is_here: bool) -> dict[str, Any]:
        verdict = kind if kind in LABELS else "pass"
        event: dict[str, Any] = {
            "ToUserName": "gh_of_the_stand_in",
            "FromUserName": openid,
            "CreateTime": int(self._now()),
            "MsgType": "event",
            "Event": "wxa_media_check",
            "appid": self._place.appid,
            "trace_id": trace_id,
            "version": 2,
            "errcode": 0 if is_here else NOT_DOWNLOADED,
            "errmsg": "ok" if is_here else "download failed",
        }
        if is_here:
            event["result"] = {"suggest": verdict, "label": LABELS[verdict]}
        return event

    def push(self, event: dict[str, Any], *, token: str) -> requests.Response | None:
        """Send one event in safe mode; None if nobody answers."""
        timestamp, nonce = str(int(self._now())), secrets.token_hex(5)
        encrypted = self.encrypted(as_xml(event) if self._place.is_xml else json.dumps(event))
        parts = sorted([token, timestamp, nonce, encrypted])
        query = {
            "timestamp": timestamp,
            "nonce": nonce,
            "openid": str(event["FromUserName"]),
            "encrypt_type": "aes",
            "msg_signature": sha1("".join(parts).encode()).hexdigest(),  # noqa: S324 - WeChat's
        }
        envelope = {"ToUserName": "gh_of_the_stand_in", "Encrypt": encrypted}
        body = as_xml(envelope) if self._place.is_xml else json.dumps(envelope)
        try:
            return requests.post(
                self._place.url, params=query, data=body.encode(), timeout=TIMEOUT_SECONDS
            )
        except requests.RequestException:
            return None

    def encrypted(self, text: str) -> str:
        """The text as safe mode has it: 16 random bytes, its length, itself, the appid."""
        message = text.encode()
        plain = os.urandom(16) + struct.pack(">I", len(message)) + message
        plain += self._place.appid.encode()
        short = BLOCK_BYTES - len(plain) % BLOCK_BYTES
        key = b64decode(self._place.aes_key + "=")
        cipher = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
        return b64encode(cipher.update(plain + bytes([short]) * short) + cipher.finalize()).decode()


def _is_downloaded(url: str) -> bool:
    for _ in range(FETCH_TRIES):
        try:
            found = requests.get(url, timeout=TIMEOUT_SECONDS)
        except requests.RequestException:
            time.sleep(PAUSE_SECONDS)
            continue
        return found.ok and found.content.startswith(b"\xff\xd8\xff")
    return False


def as_xml(fields: dict[str, Any]) -> str:
    parts = "".join(f"<{name}>{_xml_value(value)}</{name}>" for name, value in fields.items())
    return f"<xml>{parts}</xml>"


def _xml_value(value: Any) -> str:
    if isinstance(value, dict):
        return "".join(f"<{name}>{_xml_value(each)}</{name}>" for name, each in value.items())
    return str(value) if isinstance(value, int) else f"<![CDATA[{value}]]>"
