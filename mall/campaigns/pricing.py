"""What a purchase costs whom. Pure: whole fen in, whole fen out."""

from dataclasses import dataclass
from uuid import UUID

from app.kernel.errors import DomainError
from mall.campaigns.errors import PriceNotOnShelf, PriceTooFresh
from mall.campaigns.models import Campaign


@dataclass(frozen=True)
class Quote:
    """A purchase in its four amounts. ``points + subsidy_fen == settlement_fen``, always."""

    market_price_fen: int  # what it costs on the shelf
    settlement_fen: int  # what the merchant is owed
    points: int  # what the household pays
    subsidy_fen: int = 0  # what the funder pays
    campaign_id: UUID | None = None
    campaign_name: str | None = None
    funder_id: UUID | None = None
    funder_name: str | None = None
    # Why a campaign that runs does not pay for this: what the customer is told.
    refusal: DomainError | None = None

    def __post_init__(self) -> None:
        assert self.points + self.subsidy_fen == self.settlement_fen <= self.market_price_fen
        assert (self.subsidy_fen > 0) == (self.campaign_id is not None)

    @property
    def why_full_price(self) -> str | None:
        """The sentence for the customer, when a campaign runs and does not pay for this."""
        if isinstance(self.refusal, PriceNotOnShelf | PriceTooFresh):
            return self.refusal.why
        return self.refusal.sentence() if self.refusal else None


def full_price(
    market_price_fen: int, settlement_fen: int, refusal: DomainError | None = None
) -> Quote:
    """Without a campaign the household pays all that the merchant is owed."""
    return Quote(market_price_fen, settlement_fen, points=settlement_fen, refusal=refusal)


def campaign_price(
    campaign: Campaign, funder_name: str, *, market_price_fen: int, settlement_fen: int
) -> Quote:
    """The household pays the campaign's percentage of the market price, rounded up to whole
    points, and the funder what is then missing of the settlement price.

    Where the merchant is owed no more than the household's part, the campaign pays nothing.
    """
    points = -(-market_price_fen * campaign.percent // 100)
    if points >= settlement_fen:
        return full_price(market_price_fen, settlement_fen)
    return Quote(
        market_price_fen,
        settlement_fen,
        points,
        subsidy_fen=settlement_fen - points,
        campaign_id=campaign.id,
        campaign_name=campaign.name,
        funder_id=campaign.funder_id,
        funder_name=funder_name,
    )
