"""How much a card may pay in a county, at once and in a day."""

from dataclasses import dataclass

from app.register.regions.county_settings import Settings, whole
from app.register.regions.errors import SettingOutOfBounds

POINTS_MAX = 20_000  # a card is paper: whoever finds it and the PIN gets no more in a day


@dataclass(frozen=True)
class CardSettings:
    """The points of one county."""

    payment_points_max: int = whole(2_000, least=1, most=POINTS_MAX)
    day_points_max: int = whole(5_000, least=1, most=POINTS_MAX)


def _payment_within_the_day(settings: CardSettings) -> None:
    if settings.payment_points_max > settings.day_points_max:
        raise SettingOutOfBounds(
            setting="payment_points_max", least=1, most=settings.day_points_max
        )


SETTINGS = Settings("cards", CardSettings(), check=_payment_within_the_day)
settings_of = SETTINGS.of
