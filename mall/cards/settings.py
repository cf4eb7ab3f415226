"""How much a card may pay in a county, at once and in a day."""

from dataclasses import dataclass

from app.agreements.choices import settings_kind
from app.register.regions.county_settings import Settings, Strict, whole
from app.register.regions.errors import SettingOutOfBounds

POINTS_MAX = 20_000  # a card is paper: whoever finds it and the PIN gets no more in a day


@dataclass(frozen=True)
class CardSettings:
    """The points of one county."""

    payment_points_max: int = whole(
        2_000, "刷卡一次最多", "分", least=1, most=POINTS_MAX, strict=Strict.LOWER
    )
    day_points_max: int = whole(
        5_000, "一户一天刷卡最多", "分", least=1, most=POINTS_MAX, strict=Strict.LOWER
    )


def _payment_within_the_day(settings: CardSettings) -> None:
    if settings.payment_points_max > settings.day_points_max:
        raise SettingOutOfBounds(
            setting="payment_points_max",
            least=1,
            most=settings.day_points_max,
            what="刷卡一次最多",
            span=f"1 分到一天的 {settings.day_points_max} 分",
        )


SETTINGS = Settings("cards", CardSettings(), "卡的限额", check=_payment_within_the_day)
settings_of = SETTINGS.of
CHANGE = settings_kind(SETTINGS)
