"""A funder's part that is promised when something is ordered, and paid when it is handed over.

The amount is held on the funder's account meanwhile: nobody else can use it up, and the household
keeps the price it was told whenever it comes. The terms are those of the day of the promise.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update

from app.kernel import clock
from app.kernel.db import db
from app.kernel.ids import uuid7
from app.points import ledger
from mall.campaigns import shelf
from mall.campaigns.allowance import Allowance
from mall.campaigns.models import Campaign, Funder, PromisedSubsidy, PromiseState, Subsidy
from mall.campaigns.pricing import Quote, campaign_price, full_price
from mall.campaigns.queries import Running
from mall.campaigns.subsidies import best, used_up
from mall.catalogue.prices import Charged


@dataclass(frozen=True)
class Buyer:
    """Whose purchase it is, and where."""

    household_id: UUID
    shop_id: UUID


@dataclass(frozen=True)
class Paid:
    """What was handed over in its four amounts."""

    market_price_fen: int
    settlement_fen: int
    points: int
    subsidy_fen: int


def quote_lines(
    *,
    county_id: int,
    found: Sequence[Running],
    prices: Sequence[tuple[int, int]],
    goods: Sequence[Charged],
    buyer: Buyer,
    at: datetime,
) -> list[Quote]:
    """What a household pays for each line of one purchase: ``prices`` are market and settlement,
    ``goods`` what one piece of each line is.

    ``found`` are the campaigns that run at the shop. What one line gets of funds and limits the
    next cannot get. To promise it, lock the household and ``take_turns`` before.
    """
    allowance = Allowance(county_id, buyer.shop_id, buyer.household_id, at)
    quotes = []
    for price, one in zip(prices, goods, strict=True):
        why_not = shelf.why_not(buyer.shop_id, [one], price_fen=price[1], at=at) if found else None
        offered = full_price(*price, why_not) if why_not else best(found, price, allowance)
        allowance.take(offered)
        quotes.append(offered)
    return quotes


def promise_subsidy(
    *, county_id: int, buyer: Buyer, reference: str, quote: Quote, decided_at: datetime
) -> None:
    """Hold the funder's part of a purchase. Call it after the household's points are held.

    Call it for several lines in the order of their funders.

    Raises:
        SubsidyUsedUp: another purchase has taken what was left a moment ago.
    """
    assert quote.campaign_id is not None, "only a campaign has a funder"
    assert quote.funder_id is not None
    try:
        held = ledger.hold(
            county_id=county_id,
            reference=f"{reference}:subsidy_hold",
            decided_at=decided_at,
            kind=ledger.TransferKind.SUBSIDY,
            debit=ledger.subsidy(quote.funder_id),
            credit=ledger.shop(buyer.shop_id),
            amount=quote.subsidy_fen,
            expires_at=None,
        )
    except ledger.InsufficientPoints:
        raise used_up(quote.campaign_name, quote.settlement_fen) from None
    db.session.add(
        PromisedSubsidy(
            county_id=county_id,
            id=uuid7(decided_at),
            reference=reference,
            campaign_id=quote.campaign_id,
            funder_id=quote.funder_id,
            household_id=buyer.household_id,
            shop_id=buyer.shop_id,
            subsidy_fen=quote.subsidy_fen,
            hold_id=held.id,
            state=PromiseState.OPEN,
            agreed_on=clock.day_of(decided_at),
        )
    )


def quote_as_promised(
    *,
    county_id: int,
    shop_id: UUID,
    reference: str,
    market_price_fen: int,
    settlement_fen: int,
    goods: Charged,
    at: datetime,
) -> Quote:
    """What other goods cost under the terms that were promised for a purchase: the full price,
    if theirs is not one that stood on the shelf."""
    row = db.session.execute(
        select(Campaign, Funder.name)
        .join(PromisedSubsidy, PromisedSubsidy.campaign_id == Campaign.id)
        .join(Funder, Funder.id == PromisedSubsidy.funder_id)
        .where(PromisedSubsidy.county_id == county_id, PromisedSubsidy.reference == reference)
    ).one_or_none()
    if row is None:
        return full_price(market_price_fen, settlement_fen)
    why_not = shelf.why_not(shop_id, [goods], price_fen=settlement_fen, at=at)
    if why_not is not None:
        return full_price(market_price_fen, settlement_fen, why_not)
    campaign, funder_name = row
    return campaign_price(
        campaign, funder_name, market_price_fen=market_price_fen, settlement_fen=settlement_fen
    )


def end_promises(
    *, county_id: int, outcomes: Mapping[str, Paid | None], decided_at: datetime
) -> None:
    """End what was promised for purchases, by their references: pay it, or less, or nothing.

    What is not paid the funder has again. Call it after the households' points moved.

    Raises:
        ledger.AccountFrozen: the funder's or the shop's account is frozen.
    """
    kept = _end(county_id, [name for name, paid in outcomes.items() if paid], PromiseState.KEPT)
    gone = _end(
        county_id, [name for name, paid in outcomes.items() if not paid], PromiseState.RELEASED
    )
    assert len(kept) + len(gone) == len(outcomes), "a promise ends once"
    for one in kept:
        paid = outcomes[one.reference]
        assert paid is not None
        db.session.add(_subsidy(one, paid, decided_at))
    db.session.flush()
    # Funders always in the same order, so that two orders wait for one another and never deadlock.
    for one in sorted([*kept, *gone], key=lambda one: (one.funder_id, one.reference)):
        _move(one, outcomes[one.reference], decided_at)


def _move(promised: PromisedSubsidy, paid: Paid | None, decided_at: datetime) -> None:
    if paid is None:
        ledger.release(
            county_id=promised.county_id,
            hold_id=promised.hold_id,
            reference=f"{promised.reference}:subsidy_release",
            decided_at=decided_at,
        )
        return
    ledger.settle(
        county_id=promised.county_id,
        hold_id=promised.hold_id,
        reference=f"{promised.reference}:subsidy",
        decided_at=decided_at,
        amount=paid.subsidy_fen,
    )


def _subsidy(kept: PromisedSubsidy, paid: Paid, decided_at: datetime) -> Subsidy:
    assert 0 < paid.subsidy_fen <= kept.subsidy_fen, "a funder pays at most what it promised"
    return Subsidy(
        county_id=kept.county_id,
        id=uuid7(decided_at),
        reference=kept.reference,
        campaign_id=kept.campaign_id,
        funder_id=kept.funder_id,
        household_id=kept.household_id,
        shop_id=kept.shop_id,
        market_price_fen=paid.market_price_fen,
        settlement_fen=paid.settlement_fen,
        points=paid.points,
        subsidy_fen=paid.subsidy_fen,
        given_back_fen=0,
        agreed_on=kept.agreed_on,
        paid_on=clock.day_of(decided_at),
        paid_at=decided_at,
    )


def _end(
    county_id: int, references: Collection[str], state: PromiseState
) -> Sequence[PromisedSubsidy]:
    """End open promises; that nobody else ends them is part of the statement."""
    if not references:
        return []
    return db.session.scalars(
        update(PromisedSubsidy)
        .where(
            PromisedSubsidy.county_id == county_id,
            PromisedSubsidy.reference.in_(references),
            PromisedSubsidy.state == PromiseState.OPEN,
        )
        .values(state=state)
        .returning(PromisedSubsidy)
        .execution_options(populate_existing=True)
    ).all()
