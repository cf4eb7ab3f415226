"""Figures for the alarm, read when Prometheus asks, so that any process tells them.

A domain's ``metrics`` module names them in ``GAUGES`` and reads them in ``readings()``.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Gauge:
    """A figure and what it says; with labels it has a value for each set of them."""

    name: str
    says: str
    labels: tuple[str, ...] = ()

    def reading(self, value: float, *of: str) -> "Reading":
        """Its value now, for these values of its labels."""
        assert len(of) == len(self.labels), "each label has a value"
        return Reading(self, value, of)


@dataclass(frozen=True)
class Reading:
    """A gauge's value at this moment."""

    gauge: Gauge
    value: float
    of: tuple[str, ...]
