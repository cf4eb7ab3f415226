"""What a draft of the policy would have cost in the last thirty days, and who would gain most."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from app.kernel import clock
from app.kernel.db import db
from app.points.awards.boosts import read_boosts
from app.points.awards.explanations import deed
from app.points.awards.models import PolicyDraft
from app.points.awards.payable import Table
from app.points.awards.replay import Cost, Days, replay
from app.points.awards.rules import Rule, read_rules
from app.register.households.models import Household
from app.register.regions.models import Region

LAST = timedelta(days=30)
MOST = 10


@dataclass(frozen=True)
class Gain:
    """What a household or a village got, and would have got."""

    id: UUID
    name: str  # the village, with the door number of a household
    paid: int
    would_be: int


@dataclass(frozen=True)
class RuleCost:
    """What one rule cost, and would have."""

    rule: Rule
    words: str
    events: int
    paid: int
    would_be: int


@dataclass(frozen=True)
class Outlook:
    """Points of all events of the days: as paid, and as the draft would have paid."""

    first_day: date
    last_day: date
    paid: int
    would_be: int
    households: list[Gain]  # the ten that would gain most, the first most
    villages: list[Gain]
    rules: list[RuleCost]
    households_up: int
    households_same: int
    households_down: int


def outlook(draft: PolicyDraft, at: datetime) -> Outlook:
    """The draft on what happened in the last thirty days. Sales have no part in it."""
    last = clock.day_of(at)
    days = Days(draft.county_id, last - LAST + timedelta(days=1), last)
    table = Table(read_rules(draft.rules), read_boosts(draft.boosts))
    costs = replay(db.session.connection(), days, table)
    homes, places = _first(costs.by_household), _first(costs.by_village)
    return Outlook(
        first_day=days.first,
        last_day=days.last,
        paid=costs.total.paid,
        would_be=costs.total.would_be,
        households=_gains(homes, _households(homes)),
        villages=_gains(places, _villages(places)),
        rules=[
            RuleCost(rule, deed(rule), cost.events, cost.paid, cost.would_be)
            for rule, cost in sorted(costs.by_rule.items())
        ],
        households_up=_count(costs.by_household, lambda more: more > 0),
        households_same=_count(costs.by_household, lambda more: more == 0),
        households_down=_count(costs.by_household, lambda more: more < 0),
    )


def _count(costs: Mapping[UUID, Cost], which: Callable[[int], bool]) -> int:
    return sum(which(cost.difference) for cost in costs.values())


def _first(costs: Mapping[UUID, Cost]) -> dict[UUID, Cost]:
    gaining = [(key, cost) for key, cost in costs.items() if cost.difference > 0]
    gaining.sort(key=lambda one: (-one[1].difference, one[0]))
    return dict(gaining[:MOST])


def _gains(costs: Mapping[UUID, Cost], names: Mapping[UUID, str]) -> list[Gain]:
    return [Gain(key, names[key], cost.paid, cost.would_be) for key, cost in costs.items()]


def _households(costs: Mapping[UUID, Cost]) -> dict[UUID, str]:
    rows = db.session.execute(
        select(Household.id, Region.name, Household.door_number)
        .join(Region, Region.id == Household.village_id)
        .where(Household.id.in_(costs))
    )
    return {key: f"{village}{door}" for key, village, door in rows}


def _villages(costs: Mapping[UUID, Cost]) -> dict[UUID, str]:
    rows = db.session.execute(select(Region.id, Region.name).where(Region.id.in_(costs)))
    return {row.id: row.name for row in rows}
