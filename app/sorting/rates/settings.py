"""Where the bands of a county's villages begin."""

from app.agreements.choices import settings_kind
from app.register.regions.county_settings import Form, Settings
from app.sorting.rates.arithmetic import WHOLE, Bounds
from app.sorting.rates.errors import BadBounds


def _they_fall(bounds: Bounds) -> None:
    if not WHOLE >= bounds.band_1_from > bounds.band_2_from > bounds.band_3_from > 0:
        raise BadBounds()


def _in_words(bounds: Bounds) -> dict[str, str]:
    return {
        f"第 {band} 档从多少分起": f"{least / 100:.2f} 分"
        for band, least in enumerate(vars(bounds).values(), 1)
    }


SETTINGS = Settings(
    "rates", Bounds(), "村庄分档的分数线", check=_they_fall, form=Form(words=_in_words)
)
settings_of = SETTINGS.of
CHANGE = settings_kind(SETTINGS)
