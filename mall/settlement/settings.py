"""How much of a county's money leaves without a second person, and in a day; since when it is."""

from dataclasses import dataclass

from app.agreements.choices import settings_kind
from app.register.regions.county_settings import YUAN, Settings, Strict, whole, whole_or_none


@dataclass(frozen=True)
class CashOutSettings:
    """Amounts of one county, in fen."""

    # A cash-out up to this amount goes to the bank without a second person.
    auto_release_limit_fen: int = whole(
        0, "不用放行的提现，最多", YUAN, least=0, most=200_000, strict=Strict.LOWER
    )
    # What a merchant may ask for in a day, over all cash-outs; none: as much as there is.
    cash_out_day_limit_fen: int | None = whole_or_none(
        200_000, "商户一天最多提现", YUAN, least=1, most=10_000_000
    )
    # Statements are taken of so many days before the county was entered here.
    statement_days_before: int = whole(
        366, "开通前多少天的对账单能导入", "天", least=0, most=3_660, strict=Strict.LOWER
    )


SETTINGS = Settings("settlement", CashOutSettings(), "提现的规定")
settings_of = SETTINGS.of
CHANGE = settings_kind(SETTINGS)
