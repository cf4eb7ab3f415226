"""Where the bands of a county's villages begin."""

from app.register.regions.county_settings import Settings
from app.sorting.rates.arithmetic import WHOLE, Bounds
from app.sorting.rates.errors import BadBounds


def _they_fall(bounds: Bounds) -> None:
    if not WHOLE >= bounds.band_1_from > bounds.band_2_from > bounds.band_3_from > 0:
        raise BadBounds()


SETTINGS = Settings("rates", Bounds(), check=_they_fall)
settings_of = SETTINGS.of
