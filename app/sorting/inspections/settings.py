"""When a county's households are due a visit, and how late a record without network may come."""

from dataclasses import dataclass

from app.agreements.choices import settings_kind
from app.register.regions.county_settings import Settings, Strict, whole


@dataclass(frozen=True)
class VisitSettings:
    """The days of one county."""

    # A household is due when its liaison was not at its door for so many days.
    visit_due_days: int = whole(30, "多少天没有上门就该走访", "天", least=1, most=366)
    # A record that was made without network counts on its own day if it comes within so many days.
    late_record_days_max: int = whole(
        3, "没有网络的记录最晚补传", "天", least=0, most=7, strict=Strict.LOWER
    )


SETTINGS = Settings("inspections", VisitSettings(), "检查和走访的规定")
settings_of = SETTINGS.of
CHANGE = settings_kind(SETTINGS)
