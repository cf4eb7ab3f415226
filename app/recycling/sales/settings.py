"""From which sums on one person who weighs is not enough, and how much they may pay in a day."""

from dataclasses import dataclass

from app.agreements.choices import settings_kind
from app.register.regions.county_settings import Settings, Strict, whole


def _most(default: int, label: str, *, most: int, least: int = 0) -> int:
    return whole(default, label, "分", least=least, most=most, strict=Strict.LOWER)


@dataclass(frozen=True)
class SaleSettings:
    """The points of one county. What stands above what is allowed here, nobody can choose."""

    # Of a household's day: what was sold without a photo of the scale, and without a yes.
    photo_above_points: int = _most(500, "一户一天超过多少要拍秤", most=2_000)
    yes_above_points: int = _most(2_000, "一户一天超过多少要本户点头", most=5_000)
    # Price and bonus together: so much are 100 kg and 500 bottles at eighty fen a kilogram.
    household_day_points: int = _most(10_500, "一户一天最多卖", least=1, most=50_000)
    keeper_day_points: int = _most(30_000, "一个人一天最多称", least=1, most=200_000)


SETTINGS = Settings("sales", SaleSettings(), "称重的规定")
CHANGE = settings_kind(SETTINGS)
