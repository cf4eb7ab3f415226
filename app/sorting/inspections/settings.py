"""When a county's households are due a visit, and how late a record without network may come."""

from dataclasses import dataclass

from app.register.regions.county_settings import Settings, whole


@dataclass(frozen=True)
class VisitSettings:
    """The days of one county."""

    # A household is due when its liaison was not at its door for so many days.
    visit_due_days: int = whole(30, least=1, most=366)
    # A record that was made without network counts on its own day if it comes within so many days.
    late_record_days_max: int = whole(3, least=0, most=31)


SETTINGS = Settings("inspections", VisitSettings())
settings_of = SETTINGS.of
