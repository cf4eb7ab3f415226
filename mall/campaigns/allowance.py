"""What campaigns can still pay at this moment: their funders' money, and a household's limits."""

from collections import Counter
from datetime import datetime
from uuid import UUID

from app.kernel import clock
from app.points import ledger
from mall.campaigns import queries
from mall.campaigns.models import Campaign
from mall.campaigns.pricing import Quote


class Allowance:
    """Reads each figure once; ``take`` what a line is to have, so that the next line has less."""

    def __init__(self, county_id: int, household_id: UUID | None, at: datetime) -> None:
        self._county_id, self._household_id, self._at = county_id, household_id, at
        self._funds: dict[UUID, int] = {}
        self._used: dict[UUID, int] = {}
        self._taken: Counter[UUID] = Counter()

    def funds_fen(self, funder_id: UUID) -> int:
        """What the funder has, in fen."""
        if funder_id not in self._funds:
            free = ledger.balance(self._county_id, ledger.subsidy(funder_id)).available
            self._funds[funder_id] = free
        return self._funds[funder_id] - self._taken[funder_id]

    def left_of_limit_fen(self, campaign: Campaign) -> int | None:
        """What the household may still have of the campaign today; none: as much as there is."""
        if campaign.day_limit_fen is None:
            return None
        if campaign.id not in self._used:
            self._used[campaign.id] = self._used_today(campaign)
        return campaign.day_limit_fen - self._used[campaign.id] - self._taken[campaign.id]

    def take(self, quote: Quote) -> None:
        """Another line of the same purchase cannot have this any more."""
        if quote.campaign_id is not None and quote.funder_id is not None:
            self._taken[quote.campaign_id] += quote.subsidy_fen
            self._taken[quote.funder_id] += quote.subsidy_fen

    def _used_today(self, campaign: Campaign) -> int:
        if self._household_id is None:
            return 0
        today = clock.day_of(self._at)
        return queries.subsidised_on(self._county_id, self._household_id, campaign.id, today)
