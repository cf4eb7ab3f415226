"""After what time a county's orders, and offers of substitutes, end by themselves."""

from dataclasses import dataclass

from app.agreements.choices import settings_kind
from app.register.regions.county_settings import Settings, whole


@dataclass(frozen=True)
class OrderSettings:
    """The times of one county; orders that are under way keep theirs."""

    prepare_hours: int = whole(48, "多久没备好就取消", "小时", least=1, most=336)
    pick_up_days: int = whole(7, "备好后多久没交货就取消", "天", least=1, most=31)
    substitute_minutes: int = whole(120, "换货等居民答复", "分钟", least=10, most=2_880)


SETTINGS = Settings("orders", OrderSettings(), "订单的期限")
settings_of = SETTINGS.of
CHANGE = settings_kind(SETTINGS)
