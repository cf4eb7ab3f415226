"""Servers that do not answer, and of whom nobody waits for an answer."""

from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry


def no_valkey() -> Redis:
    """Where no Valkey is. By itself the client would try for 16 seconds."""
    return Redis(host="127.0.0.1", port=9, retry=Retry(NoBackoff(), 0))
