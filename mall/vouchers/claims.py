"""Codes that did not work: the household says so, one person proposes, another confirms."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app.kernel import audit, clock, decisions
from app.kernel.db import db
from app.kernel.ids import uuid7
from app.messages import notices
from app.points import awards, ledger
from app.register import trust
from app.register.households.locking import lock_households
from app.register.identity.caller import Caller
from mall.merchants import queries as merchants
from mall.merchants.models import Shop
from mall.vouchers import batches
from mall.vouchers.errors import (
    ClaimedAlready,
    ClaimNotFound,
    ClaimTooLate,
    NothingProposed,
    ProposedAlready,
    PurchaseRefunded,
    ShopHasTooLittle,
)
from mall.vouchers.models import (
    ClaimState,
    CodeState,
    Outcome,
    Platform,
    PurchaseState,
    VoucherClaim,
    VoucherCode,
    VoucherKind,
    VoucherPurchase,
)
from mall.vouchers.notices import VOUCHER_CLAIM_DECIDED
from mall.vouchers.outside import outside_shop
from mall.vouchers.purchases import own_purchase


def claim(*, purchase_id: UUID, reason: str, by: Caller, at: datetime) -> VoucherClaim:
    """Say that the code of a purchase does not work, until its last day.

    Raises:
        PurchaseNotFound: it is not of the caller's household.
        PurchaseRefunded, ClaimedAlready, ClaimTooLate: there is nothing to claim.
    """
    purchase = own_purchase(by.county_id, purchase_id, by.household())
    if purchase.state is PurchaseState.REFUNDED:
        raise PurchaseRefunded()
    code = db.session.get_one(VoucherCode, (by.county_id, purchase.code_id))
    if clock.day_of(at) > code.last_on:
        raise ClaimTooLate()
    claim_id = uuid7(at)
    added = insert(VoucherClaim).values(
        county_id=by.county_id,
        id=claim_id,
        purchase_id=purchase.id,
        household_id=purchase.household_id,
        code_id=code.id,
        reason=reason,
        state=ClaimState.OPEN,
        claimed_by=by.user_id,
        claimed_at=at,
    )
    if db.session.scalar(added.on_conflict_do_nothing().returning(VoucherClaim.id)) is None:
        raise ClaimedAlready()
    made = db.session.get_one(VoucherClaim, (by.county_id, claim_id))
    _trace("vouchers.claim", made, by.user_id, at)
    return made


def propose(
    *, claim_id: UUID, outcome: Outcome, note: str, by: Caller, at: datetime
) -> VoucherClaim:
    """Write down what to do about a claim; nothing moves until another person confirms.

    Raises:
        ClaimNotFound, AlreadyDecided, ProposedAlready: there is nothing to propose.
        SameHousehold, Related, Interested: it is the caller's own, in a way.
    """
    found = _claim_in_turn(by.county_id, claim_id)
    trust.beside([], by.user_id, concerned=_concerned(found), at=at)
    if found.state is ClaimState.PROPOSED:
        raise ProposedAlready()
    found.state, found.outcome, found.note = ClaimState.PROPOSED, outcome, note
    found.proposed_by, found.proposed_at = by.user_id, at
    _trace("vouchers.propose", found, by.user_id, at)
    return found


def send_back(*, claim_id: UUID, by: Caller, at: datetime) -> VoucherClaim:
    """Take a proposal off the table, so that another can be made.

    Raises:
        ClaimNotFound, AlreadyDecided, NothingProposed: there is nothing to send back.
        SameHousehold, Related, Interested: it is the caller's own, in a way.
    """
    found = _claim_in_turn(by.county_id, claim_id)
    trust.beside([], by.user_id, concerned=_concerned(found), at=at)
    if found.state is not ClaimState.PROPOSED:
        raise NothingProposed()
    _trace("vouchers.send_back", found, by.user_id, at)
    found.state = ClaimState.OPEN
    found.outcome = found.note = found.proposed_by = found.proposed_at = None
    return found


def confirm(*, claim_id: UUID, digest: str, by: Caller, at: datetime) -> VoucherClaim:
    """Do what was proposed, as another person than who proposed it, and tell the household.

    ``digest`` is that of the proposal that the confirmer has read: it may be another one now.

    A refund takes the points out of the platform's shop and gives each piece back to where it came
    from. Another code costs nothing more: the purchase is then of that code.

    Raises:
        ClaimNotFound, AlreadyDecided, NothingProposed: there is nothing to confirm.
        MovedOn: something else was proposed since.
        SamePerson, SameHousehold, Related, Interested: somebody else must.
        ShopHasTooLittle, SoldOut, ledger.AccountFrozen: not now; the claim stays.
    """
    found = _claim_in_turn(by.county_id, claim_id)
    if found.state is not ClaimState.PROPOSED:
        raise NothingProposed()
    concerned = _concerned(found)
    trust.decide(
        found, to=ClaimState.DECIDED, by=by.user_id, at=at, concerned=concerned, read=digest
    )
    purchase = db.session.get_one(
        VoucherPurchase, (by.county_id, found.purchase_id), populate_existing=True
    )
    _trace("vouchers.confirm", found, by.user_id, at)
    _tell_household(found, purchase, at)
    if found.outcome is Outcome.ANOTHER:
        _exchange(purchase, at)
    elif found.outcome is Outcome.REFUND:
        _refund(purchase, at)
    if found.outcome is not Outcome.REFUSED:
        batches.ring_for_faulty(found.county_id, found.code_id, at)
    return found


def _exchange(purchase: VoucherPurchase, at: datetime) -> None:
    kind = db.session.get_one(VoucherKind, purchase.kind_id)
    platform = db.session.get_one(Platform, kind.platform_id)
    _mark_faulty(purchase)
    purchase.code_id = outside_shop(platform).sell(kind, at=at).id
    db.session.flush()


def _refund(purchase: VoucherPurchase, at: datetime) -> None:
    _mark_faulty(purchase)
    purchase.state, purchase.refunded_at = PurchaseState.REFUNDED, at
    db.session.flush()
    pieces = ledger.spent_pieces(
        purchase.county_id, reference=purchase.reference, decided_at=purchase.bought_at
    )
    spent = sum(piece.amount for piece in pieces)
    assert spent == purchase.points, "a purchase is the sum of its pieces"
    try:
        ledger.give_back(
            county_id=purchase.county_id,
            household_id=purchase.household_id,
            pieces=awards.usable_again(purchase.county_id, pieces, clock.day_of(at)),
            reference=f"voucher_return:{purchase.id}",
            decided_at=at,
            kind=ledger.TransferKind.VOUCHER_RETURN,
            debit=ledger.shop(purchase.shop_id),
        )
    except ledger.InsufficientPoints as short:
        raise ShopHasTooLittle(missing=short.missing) from None


def _mark_faulty(purchase: VoucherPurchase) -> None:
    code = db.session.get_one(VoucherCode, (purchase.county_id, purchase.code_id))
    code.state = CodeState.FAULTY


def _claim_in_turn(county_id: int, claim_id: UUID) -> VoucherClaim:
    """The claim, its household locked, so that of two who decide the second sees the outcome."""
    chosen = (VoucherClaim.county_id == county_id, VoucherClaim.id == claim_id)
    household_id = db.session.scalar(select(VoucherClaim.household_id).where(*chosen))
    if household_id is None:
        raise ClaimNotFound()
    lock_households([household_id])
    query = select(VoucherClaim).where(*chosen).execution_options(populate_existing=True)
    found = db.session.scalars(query).one()
    decisions.check_open(found)
    return found


def _concerned(found: VoucherClaim) -> trust.Concerned:
    """Its household, those of the shop that gives the points back, and who had the code first."""
    purchase = db.session.get_one(VoucherPurchase, (found.county_id, found.purchase_id))
    of_platform = merchants.interested_in(Shop.id == purchase.shop_id, since=found.claimed_at)
    imported_by = batches.batch_of(found.county_id, found.code_id).imported_by
    return trust.Concerned(households=[found.household_id], users=[*of_platform, imported_by])


def _tell_household(found: VoucherClaim, purchase: VoucherPurchase, at: datetime) -> None:
    assert found.outcome is not None, "what is decided has an outcome"
    notice = notices.ToHousehold(
        household_id=found.household_id,
        topic=str(found.id),
        details={
            "purchase_id": str(purchase.id),
            "outcome": found.outcome.value,
            "points": purchase.points,
        },
    )
    kind = VOUCHER_CLAIM_DECIDED
    notices.tell(kind, [notice], county_id=found.county_id, at=at)


def _trace(action: str, found: VoucherClaim, by: UUID, at: datetime) -> None:
    audit.record(
        action,
        county_id=found.county_id,
        actor_id=by,
        subject=("voucher_claim", found.id),
        at=at,
        household_id=found.household_id,
        purchase_id=str(found.purchase_id),
        code_id=str(found.code_id),
        outcome=found.outcome.value if found.outcome else None,
    )
