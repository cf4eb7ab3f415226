"""What the last nightly proof found, as figures for Prometheus.

The proof runs in a worker, whose figures nobody scrapes, so its outcome is left in Valkey and read
at each scrape. When it is lost the figures are absent until the next night, which an alarm on
absence notices.
"""

import json
from collections.abc import Iterable
from datetime import datetime

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import REGISTRY, Collector
from redis.exceptions import RedisError
from sqlalchemy.exc import DBAPIError

from app import ledger
from app.kernel import clock, jobs
from app.kernel.db import db

KEY = "proof:last"


def remember(proof: ledger.Proof, at: datetime) -> None:
    """Leave the outcome for the figures."""
    outcome = {"at": at.timestamp(), "checks": proof.checks}
    jobs.redis().set(KEY, json.dumps(outcome))


class ProofFigures(Collector):
    """The figures of the running application, read when Prometheus asks."""

    def describe(self) -> Iterable[Metric]:
        return ()  # nothing can be read before there is an application

    def collect(self) -> Iterable[Metric]:
        yield from _last_proof()
        yield from _months_ahead()


def _last_proof() -> Iterable[Metric]:
    try:
        kept = jobs.redis().get(KEY)
    except RedisError:
        return
    if not isinstance(kept, bytes | str):
        return
    outcome = json.loads(kept)
    holds = GaugeMetricFamily(
        "fen_invariant_holds", "1 when the last proof found no lie", labels=["invariant"]
    )
    for check, lies in outcome["checks"].items():
        holds.add_metric([check], 0 if lies else 1)
    yield holds
    yield GaugeMetricFamily(
        "fen_last_proof_timestamp_seconds", "When the last proof ended", value=outcome["at"]
    )


def _months_ahead() -> Iterable[Metric]:
    try:
        months = ledger.months_ahead(clock.now())
    except DBAPIError:
        db.session.rollback()
        return
    yield GaugeMetricFamily(
        "fen_ledger_months_ahead", "Months with room for transfers, from this one on", value=months
    )


REGISTRY.register(ProofFigures())
