"""After what time a county's orders, and offers of substitutes, end by themselves."""

from dataclasses import dataclass

from app.register.regions.county_settings import Settings, whole


@dataclass(frozen=True)
class OrderSettings:
    """The times of one county; orders that are under way keep theirs."""

    prepare_hours: int = whole(48, least=1, most=336)  # until they are ready
    pick_up_days: int = whole(7, least=1, most=31)  # until they are handed over
    substitute_minutes: int = whole(120, least=10, most=2_880)  # until a household answers


SETTINGS = Settings("orders", OrderSettings())
settings_of = SETTINGS.of
