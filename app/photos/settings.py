"""For how long a county keeps the pictures of photos."""

from dataclasses import dataclass

from app.register.regions.county_settings import Settings, whole

PHOTO_MONTHS_MAX = 120


@dataclass(frozen=True)
class PhotoSettings:
    photo_months: int = whole(12, least=1, most=PHOTO_MONTHS_MAX)  # what was decided on them stays


SETTINGS = Settings("photos", PhotoSettings())
