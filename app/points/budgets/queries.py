"""How the villages' budgets stand and how long they last."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from app.kernel import clock
from app.kernel.ids import instant_of
from app.points import ledger
from app.points.awards import queries as awards
from app.points.awards.payable import Table, table_of
from app.points.awards.queries import Demand
from app.points.budgets import forecast
from app.register.households import queries as households
from app.register.regions import queries as regions

WARN_AT_PERCENT = 80


@dataclass(frozen=True)
class Budget:
    """A village's budget. Amounts in fen, which are points."""

    village_id: UUID
    village: str
    town: str
    households: int
    allotted_fen: int  # all that was ever allotted
    used_fen: int  # what awards took of it, less what reversals and repayments brought back
    left_fen: int
    level_fen: int  # what was there right after the newest allotment
    newest_allotment: UUID | None  # the transfer that made this level
    waiting_count: int  # awards that wait for money
    waiting_points: int
    days_left_by_caps: int | None  # none: nothing can be earned
    days_left_by_trend: int | None  # none: nothing was earned lately

    @property
    def used_percent(self) -> int:
        """How much of what was there after the newest allotment is used, in whole percent."""
        if self.level_fen == 0:
            return 0
        return max(0, (self.level_fen - self.left_fen) * 100 // self.level_fen)

    @property
    def is_low(self) -> bool:
        return self.level_fen > 0 and self.used_percent >= WARN_AT_PERCENT


def budgets(county_id: int, place_ids: Collection[UUID], *, at: datetime) -> list[Budget]:
    """The budgets of the villages in the places, by town and name.

    Raises:
        NoPolicy: the county has no points policy in force.
    """
    villages = regions.villages(place_ids)
    ids = [village.id for village in villages]
    table = table_of(awards.policy_of(county_id, clock.day_of(at)))
    levels = ledger.budget_levels(county_id, ids)
    demands = awards.demand(county_id, ids, since=at - timedelta(days=forecast.TREND_DAYS))
    counts = households.counts(ids)
    return [
        _budget(
            village,
            levels.get(village.id),
            demands.get(village.id, Demand()),
            households_count=counts.get(village.id, 0),
            table=table,
            at=at,
        )
        for village in villages
    ]


def need(county_id: int, village_id: UUID, *, days: int, at: datetime) -> int:
    """The most that the village's households can earn in so many days, in fen.

    Raises:
        NoPolicy: the county has no points policy in force.
    """
    day = clock.day_of(at)
    month = forecast.points_per_month_max(table_of(awards.policy_of(county_id, day)), day=day)
    count = households.counts([village_id]).get(village_id, 0)
    return month * count * days // forecast.MONTH_DAYS


def _budget(
    village: regions.Village,
    level: ledger.BudgetLevel | None,
    demand: Demand,
    *,
    households_count: int,
    table: Table,
    at: datetime,
) -> Budget:
    left = level.left if level else 0
    free = left - demand.waiting_points  # what waits is paid first
    return Budget(
        village_id=village.id,
        village=village.name,
        town=village.town,
        households=households_count,
        allotted_fen=level.allotted if level else 0,
        used_fen=level.used if level else 0,
        left_fen=left,
        level_fen=level.level if level else 0,
        newest_allotment=level.newest_allotment if level else None,
        waiting_count=demand.waiting_count,
        waiting_points=demand.waiting_points,
        days_left_by_caps=forecast.days_by_caps(
            free, households=households_count, table=table, day=clock.day_of(at)
        ),
        days_left_by_trend=forecast.days_by_trend(
            free,
            earned_lately=demand.points_lately,
            observed_days=_observed_days(level, at),
        ),
    )


def _observed_days(level: ledger.BudgetLevel | None, at: datetime) -> int:
    """The days of the trend: four weeks, or fewer for a village that has just begun."""
    if level is None:
        return forecast.TREND_DAYS
    begun = (clock.day_of(at) - clock.day_of(instant_of(level.first_allotment))).days + 1
    return max(1, min(forecast.TREND_DAYS, begun))
