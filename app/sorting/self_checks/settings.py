"""How a county has photos judged: how long a lease lasts, how many are judged twice, and more."""

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, Integer, cast, func

from app.agreements.choices import settings_kind
from app.register.regions.county_settings import Settings, Strict, whole

if TYPE_CHECKING:
    from sqlalchemy.orm import InstrumentedAttribute


@dataclass(frozen=True)
class ReviewSettings:
    """The numbers of one county."""

    lease_minutes: int = whole(5, "一张照片留给一个人看", "分钟", least=1, most=60)
    # How many a second reviewer judges as well, without knowing.
    second_percent: int = whole(
        5, "另一个人再看的照片", "%", least=3, most=100, strict=Strict.HIGHER
    )
    overdue_minutes: int = whole(60, "照片最长等待", "分钟", least=5, most=1_440)
    appeal_days: int = whole(7, "退回后可以申诉", "天", least=3, most=60, strict=Strict.HIGHER)
    # A reviewer whose median is below it is suspiciously quick.
    quick_seconds: int = whole(3, "看得太快的界线", "秒", least=2, most=60, strict=Strict.HIGHER)


SETTINGS = Settings("reviews", ReviewSettings(), "照片审核的规定")
settings_of = SETTINGS.of
CHANGE = settings_kind(SETTINGS)


def overdue_after(county_id: "InstrumentedAttribute[int]") -> ColumnElement[timedelta]:
    """How long a photo may wait in a county, for a query over many."""
    minutes = SETTINGS.number("overdue_minutes", county_id)
    return func.make_interval(0, 0, 0, 0, 0, cast(minutes, Integer))
