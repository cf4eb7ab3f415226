"""Periods, and what findings leave of a base: arithmetic alone."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, timedelta

from app.points.awards import Rules


@dataclass(frozen=True)
class Period:
    """Whole months of China's calendar, both days inclusive."""

    first_day: date
    last_day: date


@dataclass(frozen=True)
class Item:
    """One kind of waste: what it began with, how often something was wrong, what is left."""

    points: int
    findings: int
    left: int


def left(points: int, *, loss: int, findings: int) -> int:
    """What findings leave of an item: never below zero, and no other item pays for it."""
    return max(0, points - loss * findings)


def items(rules: Rules, findings: Mapping[str, int]) -> dict[str, Item]:
    """Each item of the base after the findings, by kind of waste."""
    return {
        kind: Item(
            points, findings[kind], left(points, loss=rules.score_loss, findings=findings[kind])
        )
        for kind, points in rules.score_items().items()
    }


def as_json(found: Mapping[str, Item]) -> dict[str, dict[str, int]]:
    return {kind: asdict(item) for kind, item in found.items()}


def period_of(day: date, months: int) -> Period:
    """The period of so many months, counted from January, that the day lies in."""
    begin = (day.month - 1) // months * months + 1
    first = date(day.year, begin, 1)
    after = begin + months
    beyond = date(day.year + (after > 12), (after - 1) % 12 + 1, 1)
    return Period(first, beyond - timedelta(days=1))
