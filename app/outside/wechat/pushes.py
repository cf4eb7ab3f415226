"""What WeChat calls us for: pushes in safe mode, signed and encrypted, as JSON or as XML.

Only the encrypted form is taken. A push is believed if it carries the signature over its
ciphertext, is not older than ten minutes and names our appid inside.
"""

import hmac
import re
import struct
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha1
from typing import Any, TypeGuard
from xml.etree.ElementTree import Element, ParseError

import structlog
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring
from wechatpy.crypto import PrpCrypto
from wechatpy.exceptions import InvalidAppIdException

from app.kernel import foreign_json, texts
from app.kernel.errors import Unauthenticated

log = structlog.get_logger(__name__)

AGE_SECONDS_MAX = 600  # either way: clocks differ
CONTENT_EVENT = "wxa_media_check"
# What the library and its ciphers raise for bytes that nobody encrypted with our key.
_GARBAGE = (ValueError, IndexError, TypeError, struct.error, InvalidAppIdException)


_TRACE_ID = re.compile("[!-~]{1,128}")
_NUMBER = re.compile("-?[0-9]{1,9}")


def is_trace_id(value: object) -> TypeGuard[str]:
    """Whether it is a name that WeChat may have given to a question."""
    return isinstance(value, str) and _TRACE_ID.fullmatch(value) is not None


class ForgedPush(Unauthenticated):
    code = "wechat.forged_push"
    message = "签名不对，没有受理"


@dataclass(frozen=True)
class ContentAnswer:
    """WeChat's word on one picture. ``suggest`` is empty when it could not look at it."""

    trace_id: str
    suggest: str  # pass | review | risky
    label: int | None
    errcode: int


class Pushes:
    """Opens pushes with the token and the key of the mini-program's console."""

    def __init__(self, *, token: str, aes_key: str, appid: str) -> None:
        self._token = token
        self._aes_key = aes_key
        self._appid = appid

    def echo(self, query: Mapping[str, str], *, at: datetime) -> str:
        """What to answer when the console asks whether this address is ours.

        Raises:
            ForgedPush: it was not the console that asked.
        """
        self._check(query, "signature", at)
        return query.get("echostr", "")

    def content_answer(
        self, query: Mapping[str, str], body: bytes, *, at: datetime
    ) -> ContentAnswer | None:
        """The answer to ``check_image`` that a push brings; none if it is about something else.

        Raises:
            ForgedPush: it is not WeChat's, not for this mini-program, or too old.
        """
        try:
            encrypted = str(_fields(body)["Encrypt"])
        except (ValueError, KeyError):
            raise ForgedPush() from None
        self._check(query, "msg_signature", at, encrypted)
        return _answer(self._opened(encrypted))

    def _check(self, query: Mapping[str, str], name: str, at: datetime, *more: str) -> None:
        timestamp, nonce = query.get("timestamp", ""), query.get("nonce", "")
        parts = sorted([self._token, timestamp, nonce, *more])
        made = sha1("".join(parts).encode(), usedforsecurity=False).hexdigest()
        is_ours = hmac.compare_digest(made.encode(), query.get(name, "").encode())
        if not self._token or not is_ours:
            raise ForgedPush()
        if (
            not (texts.are_digits(timestamp) and len(timestamp) <= 12)
            or abs(at.timestamp() - int(timestamp)) > AGE_SECONDS_MAX
        ):
            raise ForgedPush()

    def _opened(self, encrypted: str) -> dict[str, Any]:
        try:
            crypto = PrpCrypto(b64decode(self._aes_key + "="))
            return _fields(crypto.decrypt(encrypted, self._appid).encode())
        except _GARBAGE:
            log.warning("wechat.push_not_opened", hint="is WX_PUSH_AES_KEY the console's?")
            raise ForgedPush() from None


def _fields(body: bytes) -> dict[str, Any]:
    """The fields of a JSON object or of an XML document.

    Raises:
        ValueError: it is neither.
    """
    if body.lstrip().startswith(b"<"):
        try:
            return {child.tag: _field(child) for child in fromstring(body)}
        except (ParseError, DefusedXmlException) as error:
            raise ValueError("not XML of WeChat's") from error
    found = foreign_json.read(body)
    if not isinstance(found, dict):
        raise ValueError("not an object")
    return found


def _field(element: Element) -> Any:
    if len(element):
        return {child.tag: child.text or "" for child in element}
    return element.text or ""


def _answer(event: dict[str, Any]) -> ContentAnswer | None:
    if event.get("Event") != CONTENT_EVENT or not is_trace_id(event.get("trace_id")):
        return None
    result = event.get("result")
    result = result if isinstance(result, dict) else {}
    return ContentAnswer(
        trace_id=event["trace_id"],
        suggest=str(result.get("suggest", "")),
        label=_number(result.get("label")),
        errcode=_number(event.get("errcode")) or 0,
    )


def _number(value: Any) -> int | None:
    """A number that WeChat sometimes sends as text."""
    found = _NUMBER.fullmatch(str(value))
    return int(found[0]) if found else None
