"""What a deed earns, by arithmetic alone: the table of its day, and what was earned before.

Deciding and replaying both ask here, so that a replay says what would have been decided.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app.points.awards.campaigns import Campaign, read_campaigns
from app.points.awards.models import Policy, ZeroReason
from app.points.awards.rules import Rule, Rules, Source, read_rules


@dataclass(frozen=True)
class Table:
    """One version of the policy, read."""

    rules: Rules
    campaigns: tuple[Campaign, ...] = ()


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
class Worth:
    """Points, or the reason why there are none."""

    points: int
    zero_reason: ZeroReason | None = None
    ordinal: int | None = None  # among the paid ones of the day
    campaign: int | None = None  # its place in the version's list, from 0


def table_of(policy: Policy) -> Table:
    """The table of a version."""
    return Table(read_rules(policy.rules), read_campaigns(policy.campaigns))


def worth(table: Table, deed: Deed, earned: Earned) -> Worth:
    """What the deed earns. Of several campaigns the one that gives most counts, alone."""
    source, tariff = deed.rule.source, table.rules.tariff(deed.rule)
    if (
        source is Source.INSPECTION
        and deed.is_official
        and not table.rules.inspection_pays_officials
    ):
        return Worth(0, ZeroReason.OFFICIAL)
    plain = deed.quantity // tariff.per * tariff.points
    if plain == 0:
        return Worth(0, ZeroReason.NOTHING_FOR_RULE)
    points, campaign = _with_campaign(table, deed, plain)
    if tariff.paid_per_day is not None and earned.times_on_day >= tariff.paid_per_day:
        return Worth(0, ZeroReason.DAY_CAP)
    if tariff.points_per_day is not None and earned.points_on_day + points > tariff.points_per_day:
        return Worth(0, ZeroReason.DAY_CAP)
    if tariff.paid_per_month is not None and earned.times_in_month >= tariff.paid_per_month:
        return Worth(0, ZeroReason.MONTH_CAP)
    return Worth(points, None, earned.times_on_day + 1, campaign)


def _with_campaign(table: Table, deed: Deed, plain: int) -> tuple[int, int | None]:
    best, number = plain, None
    for place, campaign in enumerate(table.campaigns):
        if campaign.is_on(deed.rule, deed.day, deed.places) and campaign.points(plain) > best:
            best, number = campaign.points(plain), place
    return best, number
