"""What campaigns can still pay at this moment: their funders' money, and the limits of the day."""

from collections import Counter
from datetime import datetime
from uuid import UUID

from app.kernel import clock
from app.kernel.errors import DomainError
from app.points import ledger
from mall.campaigns import queries
from mall.campaigns.errors import DayLimitReached, FunderLimitReached, ShopLimitReached
from mall.campaigns.models import Campaign
from mall.campaigns.pricing import Quote

FUNDERS_PART = 10  # where a campaign names no limit: in a day this part of what its funder has


class Allowance:
    """Reads each figure once; ``take`` what a line is to have, so that the next line has less."""

    def __init__(
        self, county_id: int, shop_id: UUID, household_id: UUID | None, at: datetime
    ) -> None:
        self._county_id, self._shop_id, self._household_id = county_id, shop_id, household_id
        self._today = clock.day_of(at)
        self._funds: dict[UUID, int] = {}
        self._used: dict[tuple[str, UUID], int] = {}
        self._taken: Counter[UUID] = Counter()

    def funds_fen(self, funder_id: UUID) -> int:
        """What the funder has, in fen."""
        if funder_id not in self._funds:
            free = ledger.balance(self._county_id, ledger.subsidy(funder_id)).available
            self._funds[funder_id] = free
        return self._funds[funder_id] - self._taken[funder_id]

    def limits(self, campaign: Campaign) -> list[tuple[type[DomainError], int, int]]:
        """The limits of the day: what to say, the limit, and what is left of it, in fen."""
        found: list[tuple[type[DomainError], int, int]] = []
        taken, funder = self._taken[campaign.id], campaign.funder_id
        if campaign.day_limit_fen is not None and self._household_id is not None:
            used = self._on("household", campaign, household_id=self._household_id)
            limit = campaign.day_limit_fen
            found.append((DayLimitReached, limit, limit - used - taken))
        elif campaign.day_limit_fen is not None:
            found.append((DayLimitReached, campaign.day_limit_fen, campaign.day_limit_fen - taken))
        if campaign.shop_day_limit_fen is not None:
            used = self._on("shop", campaign, shop_id=self._shop_id)
            limit = campaign.shop_day_limit_fen
            found.append((ShopLimitReached, limit, limit - used - taken))
        used = self._sum("funder", funder, funder_id=funder)
        limit = campaign.funder_day_limit_fen or (self.funds_fen(funder) + used) // FUNDERS_PART
        found.append((FunderLimitReached, limit, limit - used - self._taken[funder]))
        return found

    def take(self, quote: Quote) -> None:
        """Another line of the same purchase cannot have this any more."""
        if quote.campaign_id is not None and quote.funder_id is not None:
            self._taken[quote.campaign_id] += quote.subsidy_fen
            self._taken[quote.funder_id] += quote.subsidy_fen

    def _on(self, name: str, campaign: Campaign, **whose: UUID) -> int:
        return self._sum(name, campaign.id, campaign_id=campaign.id, **whose)

    def _sum(self, name: str, key: UUID, **whose: UUID) -> int:
        if (name, key) not in self._used:
            self._used[name, key] = queries.subsidised_on(self._county_id, self._today, **whose)
        return self._used[name, key]
