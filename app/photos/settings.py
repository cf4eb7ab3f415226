"""For how long a county keeps the pictures of photos."""

from dataclasses import dataclass

from app.agreements.choices import settings_kind
from app.register.regions.county_settings import Settings, Strict, whole


@dataclass(frozen=True)
class PhotoSettings:
    # What was decided on them stays. A year: for so long a deed can still be asked about.
    photo_months: int = whole(12, "照片保存", "个月", least=12, most=120, strict=Strict.HIGHER)


SETTINGS = Settings("photos", PhotoSettings(), "照片保存的期限")
CHANGE = settings_kind(SETTINGS)
