"""The opinion of a model on a photo: where one can be plugged in. Default: there is none.

Wire of ``http``: the shown JPEG is POSTed with ``Authorization: Bearer <key>``; the answer is
``{"label": "…", "confidence": 0.0 to 1.0}``, the label in words for the reviewer, or empty when
the model has nothing to say. The photo carries no metadata, and nothing says whose it is.
"""

import json
import time
from dataclasses import dataclass
from typing import Protocol

import requests
import structlog
from prometheus_client import Counter
from redis import Redis
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)

CALLS = Counter("fen_opinion_calls_total", "Photos shown to the model", ["outcome"])
TIMEOUT_SECONDS = (1.0, 3.0)  # to connect, for each piece of the answer
ANSWER_SECONDS_MAX = 5.0
ANSWER_BYTES_MAX = 16 * 1024
LABEL_LENGTH_MAX = 30
PAUSE_SECONDS = 60  # after a failure nobody asks, so that a dead model delays few photos
_PAUSED = "opinions:paused"


@dataclass(frozen=True)
class Opinion:
    """What a model sees in a photo, and how sure it is."""

    model: str  # the name by which it is configured
    label: str  # for people
    confidence: float  # 0 to 1


class Opinions(Protocol):
    """A model that looks at photos."""

    def on(self, jpeg: bytes) -> Opinion | None:
        """Its opinion within seconds; none if it has none or fails. Never raises."""


class NoOpinions:
    """No model is configured."""

    def on(self, jpeg: bytes) -> Opinion | None:
        return None


class HttpOpinions:
    """A model behind an HTTP endpoint of the county's own."""

    def __init__(
        self,
        url: str,
        key: str,
        redis: Redis,
        timeout_seconds: tuple[float, float] = TIMEOUT_SECONDS,
    ) -> None:
        self._url = url
        self._key = key
        self._redis = redis
        self._timeout_seconds = timeout_seconds
        self._http = requests.Session()

    def on(self, jpeg: bytes) -> Opinion | None:
        try:
            if self._redis.exists(_PAUSED):
                CALLS.labels("paused").inc()
                return None
            return self._asked(jpeg)
        except (requests.RequestException, RedisError, ValueError, TypeError, KeyError) as error:
            CALLS.labels("failed").inc()
            log.warning("opinions.failed", error=type(error).__name__)
            self._pause()
            return None

    def _asked(self, jpeg: bytes) -> Opinion | None:
        answer = json.loads(self._answer(jpeg))
        label, confidence = str(answer["label"]), float(answer["confidence"])
        if not 0 <= confidence <= 1:
            raise ValueError("a confidence is 0 to 1")
        CALLS.labels("answered").inc()
        return Opinion("http", label[:LABEL_LENGTH_MAX], confidence) if label else None

    def _answer(self, jpeg: bytes) -> bytes:
        deadline, answer = time.monotonic() + ANSWER_SECONDS_MAX, b""
        with self._http.post(
            self._url,
            data=jpeg,
            headers={"Content-Type": "image/jpeg", "Authorization": f"Bearer {self._key}"},
            timeout=self._timeout_seconds,
            allow_redirects=False,
            stream=True,
        ) as response:
            if response.status_code != requests.codes.ok:
                raise ValueError(f"http_{response.status_code}")
            for piece in response.iter_content(1024):
                answer += piece
                if len(answer) > ANSWER_BYTES_MAX or time.monotonic() > deadline:
                    raise ValueError("too much, or too slow")
        return answer

    def _pause(self) -> None:
        try:
            self._redis.set(_PAUSED, 1, ex=PAUSE_SECONDS)
        except RedisError as error:
            log.warning("opinions.not_paused", error=type(error).__name__)
