"""A county's limits where points are paid."""

from dataclasses import dataclass

from app.agreements.choices import settings_kind
from app.register.regions.county_settings import Settings, Strict, whole, whole_or_none


@dataclass(frozen=True)
class CounterSettings:
    """The limits of one county, in points."""

    # A payment at a counter above it waits for a yes on the household's phone; 0: each does.
    confirm_above_points: int = whole(
        1_000, "一次付款超过多少要本户点头", "分", least=0, most=20_000, strict=Strict.LOWER
    )
    # With a shop's printed code: in one payment, and a household a day. 0: not at all.
    shop_code_points_max: int = whole(
        2_000, "扫店铺码一次最多", "分", least=0, most=20_000, strict=Strict.LOWER
    )
    shop_code_day_points: int = whole(
        5_000, "一户一天扫店铺码最多", "分", least=0, most=50_000, strict=Strict.LOWER
    )
    # What a household may spend in a day, at all counters, by orders and for vouchers together,
    # and what a shop may take at counters; none: no limit.
    household_day_points: int | None = whole_or_none(
        10_000, "一户一天最多用", "分", least=1, most=100_000
    )
    shop_day_points: int | None = whole_or_none(
        100_000, "一家店一天最多收", "分", least=1, most=1_000_000
    )

    def needs_yes(self, points: int) -> bool:
        """Whether so many points are taken only after a yes on the household's phone."""
        return points > self.confirm_above_points


SETTINGS = Settings("redemption", CounterSettings(), "收款的限额")
CHANGE = settings_kind(SETTINGS)
