"""How long somebody has held an office before they are the second person."""

from dataclasses import dataclass

from app.register.regions.county_settings import Settings, Strict, whole


@dataclass(frozen=True)
class TrustSettings:
    """The days of one county."""

    grant_age_days: int = whole(
        7, "新任职后多少天才能复核", "天", least=1, most=31, strict=Strict.HIGHER
    )


SETTINGS = Settings("trust", TrustSettings(), "两个人办事的规定")
settings_of = SETTINGS.of
