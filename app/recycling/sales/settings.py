"""From which sums on one person who weighs is not enough, and how much they may pay in a day."""

from dataclasses import dataclass

from app.register.regions.county_settings import Settings, whole


@dataclass(frozen=True)
class SaleSettings:
    """The points of one county. What stands above what is allowed here, nobody can choose."""

    # Of a household's day: what was sold without a photo of the scale, and without a yes.
    photo_above_points: int = whole(500, least=0, most=2_000)
    yes_above_points: int = whole(2_000, least=0, most=5_000)
    household_day_points: int = whole(10_000, least=1, most=50_000)
    keeper_day_points: int = whole(30_000, least=1, most=200_000)


SETTINGS = Settings("sales", SaleSettings())
