"""What a deed earns, by arithmetic alone: the table of its day, and what was earned before.

Deciding and replaying both ask here, so that a replay says what would have been decided.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app.points.awards.boosts import Boost, read_boosts
from app.points.awards.models import Policy, ZeroReason
from app.points.awards.rules import Rule, Rules, Source, read_rules


@dataclass(frozen=True)
class Table:
    """One version of the policy, read."""

    rules: Rules
    boosts: tuple[Boost, ...] = ()


@dataclass(frozen=True)
class Deed:
    """What was done, as far as it decides the points."""

    rule: Rule
    day: date
    quantity: int = 1
    is_official: bool = False
    places: Collection[UUID] = ()  # the village and what it lies in


@dataclass(frozen=True)
class Earned:
    """What a household was paid for one source, on a day and in its month."""

    times_on_day: int = 0
    points_on_day: int = 0
    times_in_month: int = 0


@dataclass(frozen=True)
class Payable:
    """Points, or the reason why there are none."""

    points: int
    zero_reason: ZeroReason | None = None
    ordinal: int | None = None  # among the paid ones of the day
    boost: int | None = None  # its place in the version's list, from 0


def table_of(policy: Policy) -> Table:
    """The table of a version."""
    return Table(read_rules(policy.rules), read_boosts(policy.boosts))


def payable(table: Table, deed: Deed, earned: Earned) -> Payable:
    """What the deed earns. Of several boosts the one that gives most counts, alone."""
    source, tariff = deed.rule.source, table.rules.tariff(deed.rule)
    if (
        source is Source.INSPECTION
        and deed.is_official
        and not table.rules.inspection_pays_officials
    ):
        return Payable(0, ZeroReason.OFFICIAL)
    plain = deed.quantity // tariff.per * tariff.points
    if plain == 0:
        return Payable(0, ZeroReason.NOTHING_FOR_RULE)
    points, boost = _with_boost(table, deed, plain)
    if tariff.paid_per_day is not None and earned.times_on_day >= tariff.paid_per_day:
        return Payable(0, ZeroReason.DAY_CAP)
    if tariff.points_per_day is not None and earned.points_on_day + points > tariff.points_per_day:
        return Payable(0, ZeroReason.DAY_CAP)
    if tariff.paid_per_month is not None and earned.times_in_month >= tariff.paid_per_month:
        return Payable(0, ZeroReason.MONTH_CAP)
    return Payable(points, None, earned.times_on_day + 1, boost)


def _with_boost(table: Table, deed: Deed, plain: int) -> tuple[int, int | None]:
    best, number = plain, None
    for place, boost in enumerate(table.boosts):
        if boost.is_on(deed.rule, deed.day, deed.places) and boost.points(plain) > best:
            best, number = boost.points(plain), place
    return best, number
