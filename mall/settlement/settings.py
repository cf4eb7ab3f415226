"""How much of a county's money leaves without a second person, and in a day; since when it is."""

from dataclasses import dataclass

from app.register.regions.county_settings import Settings, whole, whole_or_none


@dataclass(frozen=True)
class CashOutSettings:
    """Amounts of one county, in fen."""

    # A cash-out up to this amount goes to the bank without a second person.
    auto_release_limit_fen: int = whole(0, least=0)
    # What a merchant may ask for in a day, over all cash-outs; none: as much as there is.
    cash_out_day_limit_fen: int | None = whole_or_none(200_000, least=1)
    # Statements are taken of so many days before the county was entered here.
    statement_days_before: int = whole(366, least=0, most=3_660)


SETTINGS = Settings("settlement", CashOutSettings())
settings_of = SETTINGS.of
