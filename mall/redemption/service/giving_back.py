"""Giving the points of a redemption back."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from app.kernel import audit, clock, spoken_codes
from app.kernel.db import db, locked
from app.messages import notices
from app.points import awards, ledger
from app.register.households.locking import lock_households
from mall import campaigns
from mall.merchants import queries as merchants
from mall.redemption import limits, queries
from mall.redemption.errors import (
    AlreadyVoid,
    RedemptionNotFound,
    ReversalTooLate,
    ShopHasTooLittle,
    VoidNeedsCustomer,
    VoidTooLate,
)
from mall.redemption.models import Redemption, RedemptionState, VoidReason
from mall.redemption.notices import REDEMPTION_VOIDED, SHOP_GAVE_BACK

FREE_FOR = timedelta(minutes=10)  # a slip of the thumb is taken back without the customer's code
REVERSED_WITHIN = timedelta(days=30)  # one statement of the shop


@dataclass(frozen=True)
class Because:
    """Why a shop takes a payment back: one of four reasons, in own words if it is another."""

    reason: VoidReason
    note: str | None = None

    @property
    def words(self) -> str:
        """What the household reads."""
        return self.note or self.reason.words


def check_term(redemption: Redemption, at: datetime) -> None:
    """Raises ReversalTooLate: what a shop was paid so long ago stays with it."""
    if at >= redemption.paid_at + REVERSED_WITHIN:
        raise ReversalTooLate(days=REVERSED_WITHIN.days)


def void_code(*, county_id: int, redemption_id: UUID, household_id: UUID) -> str:
    """The digits to read to the shop when it is to take back a payment of the household.

    Raises:
        RedemptionNotFound: the household paid none such.
    """
    redemption = queries.redemption_row(county_id, redemption_id)
    if redemption.household_id != household_id:
        raise RedemptionNotFound()
    return spoken_codes.digits(limits.VOID_CODE, county_id, redemption_id)


def reverse(*, county_id: int, redemption_id: UUID, at: datetime) -> None:
    """Give the points of a redemption back to the household, out of the shop's account, and the
    subsidy, if there was one, to its funder.

    Each piece goes back to where it came from; one whose last day has passed since comes back as
    if it were earned today, because the household had spent it in time.

    Raises:
        AlreadyVoid: they went back before.
        ReversalTooLate: it was paid more than 30 days ago.
        ShopHasTooLittle: the shop has cashed them out already.
        ledger.AccountFrozen: an account of the household or the shop is frozen.
    """
    redemption = _locked_paid(queries.redemption_row(county_id, redemption_id))
    check_term(redemption, at)
    redemption.state = RedemptionState.VOID
    _give_back(redemption, ledger.TransferKind.REVERSAL, at)


def void(
    *,
    county_id: int,
    redemption_id: UUID,
    shop_ids: Collection[UUID],
    because: Because,
    code: str | None,
    by: UUID,
    at: datetime,
) -> Redemption:
    """Take back a redemption of today, at one of the shops where ``by`` serves.

    After ten minutes the customer must stand there: their phone shows the ``code``. Points and
    subsidy go back as ``reverse`` says; the household is told, and the shop's owners.

    Raises:
        RedemptionNotFound: none of these shops made it.
        VoidTooLate: it was made on an earlier day, in China; the staff can reverse it.
        VoidNeedsCustomer: no code, or a wrong one.
        TooManyWrongVoidCodes, VoidCodeUnavailable: a code was needed.
        AlreadyVoid, ShopHasTooLittle, ledger.AccountFrozen: as ``reverse``.
    """
    found = queries.redemption_row(county_id, redemption_id)
    if found.shop_id not in shop_ids:
        raise RedemptionNotFound()
    if clock.day_of(found.paid_at) != clock.day_of(at):
        raise VoidTooLate()
    if at >= found.paid_at + FREE_FOR:
        with limits.VOID_CODES.unless(VoidNeedsCustomer, by):
            _check_customer(found, code)
    redemption = _locked_paid(found)
    redemption.state = RedemptionState.VOID
    redemption.voided_at, redemption.voided_by = at, by
    redemption.void_reason = because.words
    audit.record(
        "redemption.void",
        county_id=county_id,
        actor_id=by,
        subject=("redemption", redemption.id),
        at=at,
        reason=because.words,
        chosen=because.reason.value,
        points=redemption.points,
        shop_id=str(redemption.shop_id),
        household_id=redemption.household_id,
    )
    told = notices.ToHousehold(
        household_id=redemption.household_id,
        topic=str(redemption.id),
        details={"points": redemption.points},
    )
    notices.tell(REDEMPTION_VOIDED, [told], county_id=county_id, at=at)
    _tell_owners(redemption, at)
    _give_back(redemption, ledger.TransferKind.VOID, at)
    return redemption


def _check_customer(redemption: Redemption, code: str | None) -> None:
    if code is None or not spoken_codes.are_of(
        limits.VOID_CODE, redemption.county_id, redemption.id, code
    ):
        raise VoidNeedsCustomer(minutes=FREE_FOR.seconds // 60)


def _tell_owners(redemption: Redemption, at: datetime) -> None:
    """Tell the owners, unless it was their own doing."""
    shop = merchants.shop(redemption.county_id, redemption.shop_id)
    owners = set(merchants.owners(shop.merchant_id)) - {redemption.voided_by}
    details = {"shop": shop.name, "points": redemption.points}
    told = [notices.ToUser(owner, str(redemption.id), details) for owner in sorted(owners)]
    notices.tell(SHOP_GAVE_BACK, told, county_id=redemption.county_id, at=at)


def _locked_paid(found: Redemption) -> Redemption:
    """The redemption, locked after its household. Raises AlreadyVoid."""
    # Two that give back to one household take turns, so that neither waits for the other's shop.
    lock_households([found.household_id])
    redemption = db.session.scalars(
        locked(
            select(Redemption).where(
                Redemption.county_id == found.county_id, Redemption.id == found.id
            )
        )
    ).one()
    if redemption.state is RedemptionState.VOID:
        raise AlreadyVoid()
    return redemption


def _give_back(redemption: Redemption, kind: ledger.TransferKind, at: datetime) -> None:
    """``kind`` says whether the shop or the staff gives back; it is part of the reference."""
    db.session.flush()
    subsidy_fen = campaigns.subsidy_left(
        county_id=redemption.county_id, reference=redemption.reference
    )
    because = f"redemption_{kind.value}:{redemption.id}"
    pieces = ledger.spent_pieces(
        redemption.county_id, reference=redemption.reference, decided_at=redemption.paid_at
    )
    spent = sum(piece.amount for piece in pieces)
    assert spent == redemption.points, "a redemption is the sum of its pieces"
    try:
        ledger.give_back(
            county_id=redemption.county_id,
            household_id=redemption.household_id,
            pieces=awards.usable_again(redemption.county_id, pieces, clock.day_of(at)),
            reference=because,
            decided_at=at,
            kind=kind,
            debit=ledger.shop(redemption.shop_id),
        )
    except ledger.InsufficientPoints as short:
        raise ShopHasTooLittle(missing=short.missing + subsidy_fen) from None
    if subsidy_fen:
        _give_back_subsidy(redemption, subsidy_fen, because, at)


def _give_back_subsidy(
    redemption: Redemption, subsidy_fen: int, because: str, at: datetime
) -> None:
    try:
        campaigns.give_back_subsidy(
            county_id=redemption.county_id,
            reference=redemption.reference,
            because=because,
            decided_at=at,
            amount_fen=subsidy_fen,
        )
    except ledger.InsufficientPoints as short:
        raise ShopHasTooLittle(missing=short.missing) from None
