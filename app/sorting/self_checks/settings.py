"""How a county has photos judged: how long a lease lasts, how many are judged twice, and more."""

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, Integer, cast, func

from app.register.regions.county_settings import Settings, whole

if TYPE_CHECKING:
    from sqlalchemy.orm import InstrumentedAttribute


@dataclass(frozen=True)
class ReviewSettings:
    """The numbers of one county."""

    lease_minutes: int = whole(5, least=1, most=60)
    second_percent: int = whole(5, least=0, most=100)  # that a second reviewer judges as well
    overdue_minutes: int = whole(60, least=5, most=1_440)
    appeal_days: int = whole(7, least=1, most=60)
    quick_seconds: int = whole(3, least=0, most=60)  # a median below it is suspiciously quick


SETTINGS = Settings("reviews", ReviewSettings())
settings_of = SETTINGS.of


def overdue_after(county_id: "InstrumentedAttribute[int]") -> ColumnElement[timedelta]:
    """How long a photo may wait in a county, for a query over many."""
    minutes = SETTINGS.number("overdue_minutes", county_id)
    return func.make_interval(0, 0, 0, 0, 0, cast(minutes, Integer))
