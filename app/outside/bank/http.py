"""The bank over HTTP: signed JSON requests, and answers believed only when they are clear.

Wire: ``POST /payments``, ``GET /payments/{id}`` and ``GET /statements/{date}.csv``. Each request
carries ``X-Bank-Timestamp`` (Unix seconds) and ``X-Bank-Signature``, see ``signature``.
docs/bank-wire.md describes it for whoever builds the other side.
"""

import hmac
import json
import time
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import requests
import structlog
from prometheus_client import Counter
from urllib3.exceptions import NewConnectionError

from app.kernel import texts
from app.outside.bank.gateway import (
    BankUnavailable,
    NotSent,
    OutcomeUnknown,
    Payment,
    PaymentConflict,
    PaymentRefused,
    PaymentState,
    PaymentStatus,
    StatementNotReady,
)
from app.outside.bank.statement import FILE_BYTES_MAX

log = structlog.get_logger(__name__)

CALLS = Counter("fen_bank_calls_total", "Requests to the bank", ["call", "outcome"])
TIMEOUT_SECONDS = (3.05, 8.0)  # to connect, to read
SIGNED_WITHIN_SECONDS = 300
ANSWER_BYTES_MAX = 64 * 1024
REASON_LENGTH_MAX = 200


def signature(api_key: str, timestamp: str, method: str, path: str, body: bytes) -> str:
    """HMAC-SHA256 in hex of timestamp, method, path below the base and body, one a line."""
    head = f"{timestamp}\n{method}\n{path}\n".encode()
    return hmac.new(api_key.encode(), head + body, "sha256").hexdigest()


def is_signed(
    api_key: str,
    method: str,
    path: str,
    headers: Mapping[str, str],
    body: bytes,
    *,
    at: datetime,
) -> bool:
    """Whether a request that came in carries the bank's signature, made within five minutes.

    Without a key nothing is signed: an empty one would let anybody sign.
    """
    timestamp = headers.get("X-Bank-Timestamp", "")
    given = headers.get("X-Bank-Signature", "")
    if not (api_key and texts.are_digits(timestamp) and len(timestamp) <= 12):
        return False
    expected = signature(api_key, timestamp, method, path, body)
    is_fresh = abs(at.timestamp() - int(timestamp)) <= SIGNED_WITHIN_SECONDS
    return hmac.compare_digest(expected.encode(), given.encode()) and is_fresh


class _NoAnswer(Exception):
    """Nothing usable came back; the message is for the log and holds nothing of the request."""


class _NoConnection(_NoAnswer):
    """Not even a connection came about: the bank has heard nothing."""


class HttpBank:
    """``BankGateway`` over HTTP. One for a process; safe for its threads."""

    def __init__(
        self,
        base_url: str,
        api_key: str,
        timeout_seconds: tuple[float, float] = TIMEOUT_SECONDS,
    ) -> None:
        self._base_url = base_url.rstrip("/")
        self._api_key = api_key
        self._timeout_seconds = timeout_seconds
        self._http = requests.Session()

    def submit(self, payment: Payment) -> PaymentStatus:
        content = {
            "payment_id": payment.id,
            "amount_fen": payment.amount_fen,
            "payee_name": payment.payee_name,
            "payee_account": payment.payee_account,
            "payee_bank": payment.payee_bank,
            "purpose": payment.purpose,
        }
        body = json.dumps(content, ensure_ascii=False).encode()
        try:
            code, answer = self._ask("submit", "POST", "/payments", body)
            if code == 409:
                raise self._conflict(payment.id)
            if code != 200:
                raise _NoAnswer(f"http_{code}")
            status = _status(answer, payment.id)
            if status.state is PaymentState.NOT_FOUND:
                raise _NoAnswer("garbage")
        except _NoAnswer as unknown:
            raise _unknown("submit", unknown, payment.id) from None
        CALLS.labels("submit", status.state).inc()
        if status.state is PaymentState.REJECTED:
            raise PaymentRefused(status.reason or "银行未说明原因")
        return status

    def query(self, payment_id: str) -> PaymentStatus:
        try:
            code, answer = self._ask("query", "GET", f"/payments/{payment_id}")
            # A 404 counts only when the bank itself says which payment it does not know;
            # one that a proxy makes up must not look like "never paid".
            if code not in {200, 404}:
                raise _NoAnswer(f"http_{code}")
            status = _status(answer, payment_id)
            if (code == 404) != (status.state is PaymentState.NOT_FOUND):
                raise _NoAnswer("garbage")
        except _NoAnswer as unknown:
            raise _unknown("query", unknown, payment_id) from None
        CALLS.labels("query", status.state).inc()
        return status

    def statement(self, on: date) -> bytes:
        try:
            code, content_type, content = self._exchange(
                "GET", f"/statements/{on.isoformat()}.csv", limit=FILE_BYTES_MAX
            )
            if code == 404 and _says(content, "statement_not_ready"):
                CALLS.labels("statement", "not_ready").inc()
                raise StatementNotReady(on=on.isoformat())
            if code != 200:
                raise _NoAnswer(f"http_{code}")
            if content_type != "text/csv":
                raise _NoAnswer("garbage")
        except _NoAnswer as unknown:
            CALLS.labels("statement", str(unknown)).inc()
            log.warning("bank.no_answer", call="statement", why=str(unknown), on=on.isoformat())
            raise BankUnavailable() from None
        CALLS.labels("statement", "ok").inc()
        return content

    def _conflict(self, payment_id: str) -> PaymentConflict:
        CALLS.labels("submit", "conflict").inc()
        log.error("bank.payment_conflict", payment_id=payment_id)
        return PaymentConflict()

    def _ask(
        self, call: str, method: str, path: str, body: bytes = b""
    ) -> tuple[int, dict[str, Any]]:
        code, _, content = self._exchange(method, path, body, limit=ANSWER_BYTES_MAX)
        if code in {401, 403}:
            log.error("bank.key_refused", call=call, hint="check BANK_API_KEY and the clock")
        if code not in {200, 404}:
            return code, {}
        try:
            answer = json.loads(content)
        except (ValueError, RecursionError):
            raise _NoAnswer("garbage") from None
        if not isinstance(answer, dict):
            raise _NoAnswer("garbage")
        return code, answer

    def _exchange(
        self, method: str, path: str, body: bytes = b"", *, limit: int
    ) -> tuple[int, str, bytes]:
        """One request: status, media type and content of the answer, never more than ``limit``."""
        timestamp = str(int(time.time()))
        headers = {
            "X-Bank-Timestamp": timestamp,
            "X-Bank-Signature": signature(self._api_key, timestamp, method, path, body),
            "Content-Type": "application/json",
        }
        content = bytearray()
        try:
            with self._http.request(
                method,
                self._base_url + path,
                data=body,
                headers=headers,
                timeout=self._timeout_seconds,
                allow_redirects=False,
                stream=True,
            ) as answer:
                for piece in answer.iter_content(16 * 1024):
                    content += piece
                    if len(content) > limit:
                        raise _NoAnswer("too_large")
        except requests.ConnectTimeout:
            raise _NoConnection("timeout") from None
        except requests.Timeout:
            raise _NoAnswer("timeout") from None
        except requests.RequestException as fault:
            kind = _NoConnection if _never_connected(fault) else _NoAnswer
            raise kind("connection") from None
        media_type = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        return answer.status_code, media_type, bytes(content)


def _status(answer: dict[str, Any], payment_id: str) -> PaymentStatus:
    """The answer about one payment, if it is clear and about this one."""
    reason, reference = answer.get("reason"), answer.get("bank_reference")
    try:
        state = PaymentState(answer["state"])
    except (KeyError, ValueError):
        raise _NoAnswer("garbage") from None
    if answer.get("payment_id") != payment_id:
        raise _NoAnswer("another_payment")
    if not all(isinstance(text, str | None) for text in (reason, reference)):
        raise _NoAnswer("garbage")
    amount_fen = answer.get("amount_fen")
    if amount_fen is not None and type(amount_fen) is not int:
        raise _NoAnswer("garbage")
    words = (reason or "")[:REASON_LENGTH_MAX] or None
    return PaymentStatus(state, words, reference or None, amount_fen)


def _says(content: bytes, code: str) -> bool:
    try:
        return bool(json.loads(content)["code"] == code)
    except (ValueError, TypeError, KeyError, RecursionError):
        return False


def _unknown(call: str, unknown: _NoAnswer, payment_id: str) -> OutcomeUnknown:
    CALLS.labels(call, str(unknown)).inc()
    log.warning("bank.no_answer", call=call, why=str(unknown), payment_id=payment_id)
    return NotSent() if isinstance(unknown, _NoConnection) else OutcomeUnknown()


def _never_connected(fault: requests.RequestException) -> bool:
    told = fault.args[0] if fault.args else None
    return isinstance(getattr(told, "reason", None), NewConnectionError)
