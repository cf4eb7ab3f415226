"""A county's limits where points are paid."""

from dataclasses import dataclass

from app.register.regions.county_settings import Settings, whole, whole_or_none


@dataclass(frozen=True)
class CounterSettings:
    """The limits of one county, in points."""

    # A payment at a counter above it waits for a yes on the household's phone; none: never.
    confirm_above_points: int | None = whole_or_none(1_000, least=1)
    # With a shop's printed code: in one payment, and a household a day. 0: not at all.
    shop_code_points_max: int = whole(2_000, least=0)
    shop_code_day_points: int = whole(5_000, least=0)
    # What a household may pay, and a shop take, in a day over all counters; none: no limit.
    household_day_points: int | None = whole_or_none(10_000, least=1)
    shop_day_points: int | None = whole_or_none(100_000, least=1)

    def needs_yes(self, points: int) -> bool:
        """Whether so many points are taken only after a yes on the household's phone."""
        return self.confirm_above_points is not None and points > self.confirm_above_points


SETTINGS = Settings("redemption", CounterSettings())
