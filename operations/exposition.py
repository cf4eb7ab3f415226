"""Shows Prometheus what the domains measure, asked anew at each scrape.

What cannot be read, because the database or Valkey is away, is absent: an alarm on absence rings.
"""

from collections.abc import Iterable
from types import ModuleType

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector, CollectorRegistry
from redis.exceptions import RedisError
from sqlalchemy.exc import DBAPIError

from app.kernel.db import db
from app.kernel.gauges import Reading
from operations import domains


class Gauges(Collector):
    """Every gauge of every domain."""

    def describe(self) -> Iterable[Metric]:
        return ()  # nothing can be read before there is an application

    def collect(self) -> Iterable[Metric]:
        readings = [reading for module in domains.found("metrics") for reading in _read(module)]
        for gauge in domains.gauges().values():
            of_gauge = [reading for reading in readings if reading.gauge is gauge]
            if of_gauge:
                yield _family(of_gauge)


def _read(module: ModuleType) -> list[Reading]:
    try:
        return list(module.readings())
    except (DBAPIError, RedisError):
        db.session.rollback()
        return []


def _family(readings: list[Reading]) -> Metric:
    gauge = readings[0].gauge
    family = GaugeMetricFamily(gauge.name, gauge.says, labels=gauge.labels)
    for reading in readings:
        family.add_metric(reading.of, reading.value)
    return family


GAUGES = CollectorRegistry()
GAUGES.register(Gauges())
