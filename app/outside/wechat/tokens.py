"""The access token: one for the whole installation, shared through Redis.

WeChat's stable token stays the same while it is valid and is renewed by WeChat five minutes
before its end, when old and new are both good. So we ask again only inside those five minutes,
one process at a time, while the others go on with the old one.
"""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

import structlog
from redis import Redis
from redis.exceptions import LockError, RedisError

from app.kernel.secrets import Sealed, Vault
from app.outside.wechat.errors import CONFIGURATION, WeChatUnavailable, refusal
from app.outside.wechat.wire import NoAnswer, Rejected, Wire

log = structlog.get_logger(__name__)

MARGIN_SECONDS = 240  # below 300, or WeChat answers with the same token again and again
USABLE_SECONDS = 10  # a token that ends later still serves while somebody else renews
LOCK_SECONDS = 20  # longer than the longest request for a token
WAIT_SECONDS = 5.0
POLL_SECONDS = 0.05
PURPOSE = "wechat.token"  # sealed for: a copy of Valkey's file calls WeChat in nobody's name
_CONFIGURATION = CONFIGURATION | {40001: "WX_SECRET is wrong"}  # elsewhere: a bad token


@dataclass(frozen=True)
class Token:
    value: str
    expires_at: float  # Unix seconds


@dataclass(frozen=True)
class Shared:
    """Where all processes find the token, and what seals it there."""

    redis: Redis
    vault: Vault


class Tokens:
    def __init__(
        self, wire: Wire, secret: str, shared: Shared, now: Callable[[], datetime]
    ) -> None:
        self._wire = wire
        self._secret = secret
        self._redis = shared.redis
        self._vault = shared.vault
        self._now = now
        self._key = f"wechat:token:{wire.appid}"

    def current(self, *, refused: str | None = None) -> str:
        """A token to call with; ``refused`` is one that WeChat has just not accepted.

        The same value as ``refused`` comes back when WeChat has no other.

        Raises:
            WeChatUnavailable, WeChatMisconfigured: no token can be had.
        """
        try:
            return self._shared(refused)
        except RedisError as error:
            # The stable token is the same for all who ask, so asking alone harms nobody.
            log.warning("wechat.token_not_shared", error=type(error).__name__)
            return self._asked().value

    def _shared(self, refused: str | None) -> str:
        give_up_at = time.monotonic() + WAIT_SECONDS
        needed_seconds = MARGIN_SECONDS
        while True:
            kept = self._kept(needed_seconds, refused)
            if kept is not None:
                return kept
            with self._lock() as mine:
                if mine:
                    # Another may have renewed between our look and our lock.
                    return self._kept(MARGIN_SECONDS, refused) or self._renewed(refused)
            needed_seconds = USABLE_SECONDS
            if time.monotonic() > give_up_at:
                log.warning("wechat.token_lock_timeout")
                raise WeChatUnavailable()
            time.sleep(POLL_SECONDS)

    @contextmanager
    def _lock(self) -> Iterator[bool]:
        lock = self._redis.lock(f"{self._key}:lock", timeout=LOCK_SECONDS)
        mine = lock.acquire(blocking=False)
        try:
            yield mine
        finally:
            if mine:
                try:
                    lock.release()
                except LockError:  # it ran out, and somebody else may hold it now
                    log.warning("wechat.token_lock_ran_out")

    def _kept(self, needed_seconds: int, refused: str | None) -> str | None:
        """The shared token, if it lives long enough and is not the refused one."""
        record = self._redis.get(self._key)
        if record is None:
            return None
        try:
            told = self._vault.unseal(bytes(record), PURPOSE)  # type: ignore[arg-type]
            token = Token(**json.loads(told))
        except (Sealed, TypeError, ValueError):  # by another release, or under another key
            return None
        if token.value == refused:
            return None
        lives = token.expires_at - self._now().timestamp()
        return token.value if lives > needed_seconds else None

    def _renewed(self, refused: str | None) -> str:
        token = self._asked()
        if token.value != refused:
            seconds = max(1, int(token.expires_at - self._now().timestamp()))
            sealed = self._vault.seal(json.dumps(vars(token)), PURPOSE)
            self._redis.set(self._key, sealed, ex=seconds)
        return token.value

    def _asked(self) -> Token:
        body = {
            "grant_type": "client_credential",
            "appid": self._wire.appid,
            "secret": self._secret,
            "force_refresh": False,
        }
        try:
            answer = self._wire.send("post", "cgi-bin/stable_token", params={}, body=body)
            lifetime = int(answer["expires_in"])
            value = answer["access_token"]
        except Rejected as rejected:
            raise refusal(rejected, {}, _CONFIGURATION) from None
        except NoAnswer as unknown:
            raise _no_token(unknown.why) from None
        except (KeyError, TypeError, ValueError):
            raise _no_token("garbage") from None
        if not isinstance(value, str) or not value:
            raise _no_token("garbage")
        return Token(value, self._now().timestamp() + lifetime)


def _no_token(why: str) -> WeChatUnavailable:
    log.warning("wechat.no_token", why=why)
    return WeChatUnavailable()
