"""What a period would have cost under another version: every event is decided again, on paper."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, func, select, text

from app.points.awards.models import Award
from app.points.awards.payable import Deed, Earned, Table, payable
from app.points.awards.rules import Rule, Source
from app.register.regions.models import Region

ROWS_AT_ONCE = 2_000


@dataclass(frozen=True)
class Days:
    """A period of a county, both days inclusive, by China's calendar."""

    county_id: int
    first: date
    last: date


@dataclass
class Cost:
    """Events, the points they were given, and what the other version would have given."""

    events: int = 0
    paid: int = 0
    would_be: int = 0

    @property
    def difference(self) -> int:
        return self.would_be - self.paid

    def add(self, paid: int, would_be: int) -> None:
        self.events += 1
        self.paid += paid
        self.would_be += would_be


@dataclass
class Replay:
    """The costs of a period, whether the villages' money has come yet or not."""

    total: Cost = field(default_factory=Cost)
    by_rule: dict[Rule, Cost] = field(default_factory=lambda: defaultdict(Cost))
    by_village: dict[UUID, Cost] = field(default_factory=lambda: defaultdict(Cost))
    by_household: dict[UUID, Cost] = field(default_factory=lambda: defaultdict(Cost))


class _Tally:
    """What one household would have earned so far, as caps see it."""

    def __init__(self) -> None:
        self._days: dict[tuple[Source, date], tuple[int, int]] = {}
        self._months: dict[tuple[Source, date], int] = {}

    def earned(self, source: Source, day: date) -> Earned:
        times, points = self._days.get((source, day), (0, 0))
        return Earned(times, points, self._months.get((source, day.replace(day=1)), 0))

    def note(self, source: Source, day: date, points: int) -> None:
        times, before = self._days.get((source, day), (0, 0))
        self._days[source, day] = times + 1, before + points
        month = source, day.replace(day=1)
        self._months[month] = self._months.get(month, 0) + 1


def replay(
    connection: Connection,
    days: Days,
    table: Table,
    on_progress: Callable[[int], None] = lambda _: None,
) -> Replay:
    """Decide the events of the days again, under the table.

    Events of the first month before the days count under the caps and cost nothing. What was
    reversed counts under the caps as well and costs neither side anything. Changes nothing.
    """
    # Years of a county take longer than any request may.
    connection.execute(text("SET LOCAL statement_timeout = 0"))
    costs, whose, tally = Replay(), None, _Tally()
    paths = _paths(connection, days.county_id)
    for row in _events(connection, days):
        on_progress(1)
        if row.household_id != whose:
            whose, tally = row.household_id, _Tally()
        source = row.rule.source
        deed = Deed(row.rule, row.day, row.quantity, row.is_official, paths[row.village_id])
        points = payable(table, deed, tally.earned(source, row.day)).points
        if points:
            tally.note(source, row.day, points)
        if row.day < days.first:
            continue
        stands = row.reversed_at is None
        for cost in (
            costs.total,
            costs.by_rule[row.rule],
            costs.by_village[row.village_id],
            costs.by_household[row.household_id],
        ):
            cost.add(row.points * stands, points * stands)
    return costs


def length(connection: Connection, days: Days) -> int:
    """How many events a replay reads."""
    return int(connection.scalar(select(func.count()).where(*_of(days))) or 0)


def _of(days: Days) -> tuple[Any, ...]:
    return (
        Award.county_id == days.county_id,
        Award.day >= days.first.replace(day=1),
        Award.day <= days.last,
    )


def _events(connection: Connection, days: Days) -> Iterator[Any]:
    """The events household by household, each in the order in which it was decided.

    Of those decided in one call the paid ones had their turn in the order of their ordinals.
    """
    query = (
        select(
            Award.household_id,
            Award.village_id,
            Award.rule,
            Award.day,
            Award.quantity,
            Award.is_official,
            Award.points,
            Award.reversed_at,
        )
        .where(*_of(days))
        .order_by(Award.household_id, Award.decided_at, Award.ordinal.asc().nulls_last(), Award.id)
    )
    yield from connection.execute(query, execution_options={"yield_per": ROWS_AT_ONCE})


def _paths(connection: Connection, county_id: int) -> dict[UUID, list[UUID]]:
    rows = connection.execute(select(Region.id, Region.path).where(Region.county_id == county_id))
    return {row[0]: row[1] for row in rows}
