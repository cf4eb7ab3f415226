"""What a purchase costs now, and the funder's part of it: paid with it, given back with it."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from app.kernel import clock
from app.kernel.db import db, locked
from app.kernel.errors import DomainError
from app.kernel.ids import uuid7
from app.kernel.units import yuan_text
from app.points import ledger
from app.register.households.locking import lock_households
from mall.campaigns import queries, shelf
from mall.campaigns.allowance import Allowance
from mall.campaigns.errors import NoCampaignNow, PriceDiffers, SubsidyUsedUp
from mall.campaigns.models import Campaign, CampaignState, Subsidy
from mall.campaigns.pricing import Quote, campaign_price, full_price
from mall.campaigns.queries import Running
from mall.catalogue.prices import Charged


def quote(
    *,
    county_id: int,
    shop_id: UUID,
    market_price_fen: int,
    goods: Sequence[Charged] = (),
    settlement_fen: int | None = None,
    household_id: UUID | None = None,
    at: datetime,
) -> Quote:
    """What somebody pays at the shop now for what costs ``market_price_fen`` on the shelf.

    ``goods`` say what it is: a campaign pays only for what stands on the shelf at its price.
    The merchant is owed ``settlement_fen``, the market price unless told otherwise. Of several
    campaigns the one with the lowest price pays that still can: its funder has the money and, if
    the household is named, its limit for the day allows it. All amounts in fen.
    """
    owed = market_price_fen if settlement_fen is None else settlement_fen
    found = queries.running(county_id, shop_id, at=at)
    why_not = shelf.why_not(shop_id, goods, price_fen=owed, at=at) if found else None
    if why_not is not None:
        return full_price(market_price_fen, owed, why_not)
    allowance = Allowance(county_id, shop_id, household_id, at)
    return best(found, (market_price_fen, owed), allowance)


def agree(
    *,
    county_id: int,
    shop_id: UUID,
    household_id: UUID,
    market_price_fen: int,
    goods: Sequence[Charged] = (),
    settlement_fen: int | None = None,
    points: int,
    at: datetime,
) -> Quote:
    """The quote under which the household pays exactly ``points``, as it was told it would.

    Until the commit no other purchase uses up the household's limit. Call it before rows are
    written that refer to the household.

    Raises:
        SubsidyUsedUp, DayLimitReached, ShopLimitReached, FunderLimitReached, NoCampaignNow,
        PriceNotOnShelf, PriceTooFresh: the campaign it was told of does not pay.
        PriceDiffers: it would pay less.
    """
    owed = market_price_fen if settlement_fen is None else settlement_fen
    found = queries.running(county_id, shop_id, at=at)
    why_not = shelf.why_not(shop_id, goods, price_fen=owed, at=at) if found else None
    if why_not is not None:
        offered = full_price(market_price_fen, owed, why_not)
    else:
        lock_households([household_id] if found else [])
        take_turns(found)
        allowance = Allowance(county_id, shop_id, household_id, at)
        offered = best(found, (market_price_fen, owed), allowance)
    if offered.points == points:
        return offered
    if offered.refusal is not None:
        raise offered.refusal
    if offered.campaign_id is None:
        raise NoCampaignNow(price_fen=owed, price_yuan=yuan_text(owed))
    raise PriceDiffers(points=offered.points, campaign=offered.campaign_name)


def pay_subsidy(
    *,
    county_id: int,
    household_id: UUID,
    shop_id: UUID,
    reference: str,
    decided_at: datetime,
    quote: Quote,
) -> None:
    """Pay the funder's part of a purchase to the shop. Call it after the household has paid.

    ``reference`` names the purchase, or a line of it; it is paid for once.

    Raises:
        SubsidyUsedUp: another purchase has taken what was left a moment ago.
        ledger.AccountFrozen: the funder's or the shop's account is frozen.
    """
    assert quote.campaign_id is not None, "only a campaign has a funder"
    assert quote.funder_id is not None
    db.session.add(
        Subsidy(
            county_id=county_id,
            id=uuid7(decided_at),
            reference=reference,
            campaign_id=quote.campaign_id,
            funder_id=quote.funder_id,
            household_id=household_id,
            shop_id=shop_id,
            market_price_fen=quote.market_price_fen,
            settlement_fen=quote.settlement_fen,
            points=quote.points,
            subsidy_fen=quote.subsidy_fen,
            given_back_fen=0,
            paid_on=clock.day_of(decided_at),
            paid_at=decided_at,
        )
    )
    db.session.flush()
    try:
        ledger.post(
            county_id=county_id,
            reference=f"{reference}:subsidy",
            decided_at=decided_at,
            kind=ledger.TransferKind.SUBSIDY,
            debit=ledger.subsidy(quote.funder_id),
            credit=ledger.shop(shop_id),
            amount=quote.subsidy_fen,
        )
    except ledger.InsufficientPoints:
        raise used_up(quote.campaign_name, quote.settlement_fen) from None


def subsidy_left(*, county_id: int, reference: str) -> int:
    """What of the funder's part of a purchase was not given back yet, in fen; 0 without one.

    The subsidy is locked, so that until the commit nobody else gives it back.
    """
    subsidy = _locked_subsidy(county_id, reference)
    return subsidy.subsidy_fen - subsidy.given_back_fen if subsidy else 0


def give_back_subsidy(
    *, county_id: int, reference: str, because: str, decided_at: datetime, amount_fen: int
) -> None:
    """Return ``amount_fen`` of a purchase's subsidy from the shop to the funder.

    ``because`` names the row that decided it, say ``order_refund:<id>``; with ``decided_at`` it is
    the key, so that a repeat gives back once. A part may go back, and later another.

    Raises:
        ledger.InsufficientPoints: the shop has cashed it out already.
        ledger.AccountFrozen: the funder's or the shop's account is frozen.
    """
    subsidy = _locked_subsidy(county_id, reference)
    assert subsidy is not None, "only what was paid is given back"
    posted = ledger.post(
        county_id=county_id,
        reference=f"{reference}:subsidy_return:{because}",
        decided_at=decided_at,
        kind=ledger.TransferKind.SUBSIDY_RETURN,
        debit=ledger.shop(subsidy.shop_id),
        credit=ledger.subsidy(subsidy.funder_id),
        amount=amount_fen,
    )
    if not posted.is_replay:
        subsidy.given_back_fen += amount_fen
        db.session.flush()


def best(found: Sequence[Running], prices: tuple[int, int], allowance: Allowance) -> Quote:
    """The lowest price (of market and settlement price) for which a campaign can pay its part."""
    market_price_fen, settlement_fen = prices
    assert 0 < settlement_fen <= market_price_fen
    refusal: DomainError | None = None
    for one in found:
        offered = campaign_price(
            one.campaign,
            one.funder_name,
            market_price_fen=market_price_fen,
            settlement_fen=settlement_fen,
        )
        if offered.campaign_id is None:
            continue
        why_not = _why_not(one, offered, allowance)
        if why_not is None:
            return offered
        refusal = refusal or why_not
    return full_price(market_price_fen, settlement_fen, refusal)


def take_turns(found: Sequence[Running]) -> None:
    """Until the commit nobody else uses up the day's limits of these campaigns, nor of their
    funders: the other campaigns of a funder take turns with them."""
    funder_ids = {one.campaign.funder_id for one in found}
    if funder_ids:
        of_funders = select(Campaign).where(
            Campaign.funder_id.in_(funder_ids), Campaign.state == CampaignState.APPROVED
        )
        db.session.scalars(locked(of_funders.order_by(Campaign.id))).all()


def _why_not(one: Running, offered: Quote, allowance: Allowance) -> DomainError | None:
    """Why the campaign does not pay its part of the offer; none if it does."""
    campaign = one.campaign
    if allowance.funds_fen(campaign.funder_id) < offered.subsidy_fen:
        return used_up(campaign.name, offered.settlement_fen)
    for refusal, limit_fen, left_fen in allowance.limits(campaign):
        if offered.subsidy_fen > left_fen:
            return refusal(
                campaign=campaign.name,
                limit_yuan=yuan_text(limit_fen),
                left_fen=max(left_fen, 0),
                left_yuan=yuan_text(max(left_fen, 0)),
                price_fen=offered.settlement_fen,
                price_yuan=yuan_text(offered.settlement_fen),
            )
    return None


def used_up(campaign_name: str | None, price_fen: int) -> SubsidyUsedUp:
    """The refusal when a funder has too little for its part."""
    return SubsidyUsedUp(
        campaign=campaign_name, price_fen=price_fen, price_yuan=yuan_text(price_fen)
    )


def _locked_subsidy(county_id: int, reference: str) -> Subsidy | None:
    return db.session.scalar(
        locked(
            select(Subsidy).where(Subsidy.county_id == county_id, Subsidy.reference == reference)
        )
    )
