"""Giving the points of a redemption back."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select

from app import awards, ledger
from app.kernel import clock
from app.kernel.db import db, locked
from mall import campaigns
from mall.redemption import queries
from mall.redemption.errors import AlreadyVoid, ShopHasTooLittle
from mall.redemption.models import Redemption, RedemptionState


def reverse(*, county_id: int, redemption_id: UUID, at: datetime) -> None:
    """Give the points of a redemption back to the household, out of the shop's account, and the
    subsidy, if there was one, to its funder.

    Each piece goes back to where it came from; one whose last day has passed since comes back as
    if it were earned today, because the household had spent it in time.

    Raises:
        AlreadyVoid: they went back before.
        ShopHasTooLittle: the shop has cashed them out already.
        ledger.AccountFrozen: an account of the household or the shop is frozen.
    """
    # Two that give back to one household take turns, so that neither waits for the other's shop.
    awards.lock_households([queries.redemption_row(county_id, redemption_id).household_id])
    redemption = db.session.scalars(
        locked(
            select(Redemption).where(
                Redemption.county_id == county_id, Redemption.id == redemption_id
            )
        )
    ).one()
    if redemption.state is RedemptionState.VOID:
        raise AlreadyVoid()
    redemption.state = RedemptionState.VOID
    db.session.flush()
    subsidy_fen = campaigns.subsidy_left(
        county_id=redemption.county_id, reference=redemption.reference
    )
    _give_back(redemption, subsidy_fen, at)


def _give_back(redemption: Redemption, subsidy_fen: int, at: datetime) -> None:
    pieces = ledger.spent_pieces(
        redemption.county_id, reference=redemption.reference, decided_at=redemption.paid_at
    )
    missing = redemption.points + subsidy_fen
    for number, piece in enumerate(pieces):
        try:
            ledger.post(
                county_id=redemption.county_id,
                reference=f"redemption_reversal:{redemption.id}#{number}",
                decided_at=at,
                kind=ledger.TransferKind.REVERSAL,
                debit=ledger.shop(redemption.shop_id),
                credit=ledger.household(redemption.household_id, _still_good(piece, at)),
                amount=piece.amount,
            )
        except ledger.InsufficientPoints as short:
            raise ShopHasTooLittle(missing=missing - short.details["balance"]) from None
        missing -= piece.amount
    assert missing == subsidy_fen, "a redemption is the sum of its pieces"
    if subsidy_fen:
        _give_back_subsidy(redemption, subsidy_fen, at)


def _give_back_subsidy(redemption: Redemption, subsidy_fen: int, at: datetime) -> None:
    try:
        campaigns.give_back_subsidy(
            county_id=redemption.county_id,
            reference=redemption.reference,
            because=f"redemption_reversal:{redemption.id}",
            decided_at=at,
            amount_fen=subsidy_fen,
        )
    except ledger.InsufficientPoints as short:
        raise ShopHasTooLittle(missing=subsidy_fen - short.details["balance"]) from None


def _still_good(piece: ledger.Piece, at: datetime) -> date | None:
    """The last day of points that come back: their own, unless it has passed."""
    today = clock.day_of(at)
    if piece.expires_on is None or piece.expires_on >= today:
        return piece.expires_on
    return awards.last_day(today)
