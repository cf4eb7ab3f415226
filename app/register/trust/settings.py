"""How long somebody has held an office before they are the second person."""

from dataclasses import dataclass

from app.register.regions.county_settings import Settings, whole


@dataclass(frozen=True)
class TrustSettings:
    """The days of one county."""

    grant_age_days: int = whole(7, least=1, most=31)


SETTINGS = Settings("trust", TrustSettings())
settings_of = SETTINGS.of
