"""Registering merchants, verifying where they are paid, opening and closing shops."""

from dataclasses import dataclass
from datetime import datetime
from hmac import compare_digest
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from app.kernel import audit
from app.kernel.db import db
from app.kernel.ids import uuid7
from app.messages import notices
from app.register import trust
from app.register.identity.grants import record_grant
from app.register.identity.roles import Role
from app.register.regions.models import Region, RegionKind
from mall.merchants import accounts, queries
from mall.merchants.errors import (
    LicenceTaken,
    NotActiveYet,
    PayeeAlreadyVerified,
    PayeeNumbersDiffer,
    ShopNameTaken,
    ShopNotFound,
    VillageNotFound,
)
from mall.merchants.models import Merchant, MerchantApplication, MerchantState, Shop
from mall.merchants.notices import MERCHANT_SUSPENDED


@dataclass(frozen=True)
class Payee:
    """Where a merchant is paid. The account number is kept encrypted."""

    name: str
    account: str
    bank: str

    def columns(self, merchant_id: UUID, *, entered_by: UUID, at: datetime) -> dict[str, object]:
        return {
            "payee_name": self.name,
            "payee_account_sealed": accounts.seal(self.account, merchant_id),
            "payee_account_tail": self.account[-4:],
            "payee_bank": self.bank,
            "payee_entered_by": entered_by,
            "payee_entered_at": at,
            "payee_verified_by": None,
            "payee_verified_at": None,
        }


def register_merchant(
    *,
    county_id: int,
    name: str,
    licence_number: str,
    payee: Payee,
    registered_by: UUID,
    at: datetime,
) -> Merchant:
    """Enter a merchant. It may take points at once and is paid once its account is verified.

    Raises:
        LicenceTaken: the licence is registered in this county already.
    """
    new_id = uuid7(at)
    merchant_id = db.session.scalar(
        insert(Merchant)
        .values(
            id=new_id,
            county_id=county_id,
            name=name,
            licence_number=licence_number,
            state=MerchantState.ACTIVE,
            created_at=at,
            **payee.columns(new_id, entered_by=registered_by, at=at),
        )
        .on_conflict_do_nothing(index_elements=["county_id", "licence_number"])
        .returning(Merchant.id)
    )
    if merchant_id is None:
        raise LicenceTaken()
    merchant = db.session.get_one(Merchant, merchant_id)
    trace_payee("merchants.register", merchant, registered_by, at)
    return merchant


def verify_payee(
    *, county_id: int, merchant_id: UUID, account: str, verified_by: UUID, at: datetime
) -> Merchant:
    """Confirm the payee's account by typing it again from the paper.

    A change of an account that was verified is a proposal: ``mall.merchants.proposals``.

    A merchant whose application was approved becomes active with that, and whoever applied for
    it becomes its owner; the one who approved it may not verify its account as well.

    Raises:
        MerchantNotFound, PayeeAlreadyVerified: there is nothing to verify.
        SamePerson, SameHousehold, Related, Interested: neither the one who entered the account,
            or has just approved its merchant, may verify it, nor who is paid or close to them.
        PayeeNumbersDiffer: the two people did not type the same account.
    """
    merchant = queries.locked_merchant(county_id, merchant_id)
    if merchant.is_payee_verified:
        raise PayeeAlreadyVerified()
    trust.beside(_makers(merchant), verified_by, concerned=who_is_paid(merchant), at=at)
    entered = accounts.open_account(merchant.payee_account_sealed, merchant.id)
    if not compare_digest(entered.encode(), account.encode()):
        raise PayeeNumbersDiffer()
    merchant.payee_verified_by, merchant.payee_verified_at = verified_by, at
    merchant.first_verified_at = at
    if merchant.state is MerchantState.APPROVED:
        _activate(merchant, verified_by, at)
    trace_payee("merchants.verify_payee", merchant, verified_by, at)
    return merchant


def correct_payee(
    *, county_id: int, merchant_id: UUID, payee: Payee, corrected_by: UUID, at: datetime
) -> Merchant:
    """Enter the account anew while nobody has verified it.

    Raises:
        MerchantNotFound: there is no such merchant in the county.
        PayeeAlreadyVerified: it takes two people to change it.
    """
    merchant = queries.locked_merchant(county_id, merchant_id)
    if merchant.is_payee_verified:
        raise PayeeAlreadyVerified()
    for column, value in payee.columns(merchant.id, entered_by=corrected_by, at=at).items():
        setattr(merchant, column, value)
    trace_payee("merchants.correct_payee", merchant, corrected_by, at)
    return merchant


def change_payee(
    *,
    county_id: int,
    merchant_id: UUID,
    payee: Payee,
    changed_by: UUID,
    verified_by: UUID,
    verified_at: datetime,
    at: datetime,
) -> Merchant:
    """Pay the merchant on another account, as two people agreed and its owner did not stop.

    A cash-out asked for before keeps the account it was asked with.

    Raises:
        MerchantNotFound: there is no such merchant in the county.
    """
    merchant = queries.locked_merchant(county_id, merchant_id)
    for column, value in payee.columns(merchant.id, entered_by=changed_by, at=at).items():
        setattr(merchant, column, value)
    merchant.payee_changed_at = verified_at
    merchant.payee_verified_by, merchant.payee_verified_at = verified_by, at
    trace_payee("merchants.change_payee", merchant, changed_by, at)
    return merchant


def trace_payee(action: str, merchant: Merchant, by: UUID, at: datetime) -> None:
    """Write who entered or verified where a merchant is paid, with the digest of all of it."""
    subject = ("merchant", merchant.id)
    _trace(action, merchant.county_id, by, subject, at, payee=merchant.payee_digest)


def suspend(*, county_id: int, merchant_id: UUID, by: UUID, at: datetime) -> Merchant:
    """Stop a merchant from taking points and from being paid, from the next request on.

    One person may: stopping cannot wait. Its owners are told.

    Raises:
        MerchantNotFound, NotActiveYet: there is nothing to stop.
    """
    merchant = _put_in_state(county_id, merchant_id, MerchantState.SUSPENDED, by, at)
    told = [
        notices.ToUser(owner, f"{merchant.id}:{at.isoformat()}", {"name": merchant.name})
        for owner in queries.owners(merchant.id)
    ]
    notices.tell(MERCHANT_SUSPENDED, told, county_id=county_id, at=at)
    return merchant


def reinstate(*, county_id: int, merchant_id: UUID, by: UUID, at: datetime) -> Merchant:
    """Let a suspended merchant take points and be paid again, as two people agreed.

    Raises:
        MerchantNotFound, NotActiveYet: there is nothing to reinstate.
    """
    return _put_in_state(county_id, merchant_id, MerchantState.ACTIVE, by, at)


def check_has_begun(merchant: Merchant) -> None:
    """Refuse a merchant whose account nobody has verified yet. Raises NotActiveYet."""
    if merchant.state is MerchantState.APPROVED:
        raise NotActiveYet()


def open_shop(
    *,
    county_id: int,
    merchant_id: UUID,
    village_id: UUID,
    name: str,
    address: str,
    opened_by: UUID,
    at: datetime,
) -> Shop:
    """Enter a shop of a merchant, open for customers.

    Raises:
        MerchantNotFound, VillageNotFound: not in this county.
        ShopNameTaken: the merchant has a shop of this name.
    """
    merchant = queries.locked_merchant(county_id, merchant_id)
    village = db.session.get(Region, village_id)
    if village is None or village.county_id != county_id or village.kind is not RegionKind.VILLAGE:
        raise VillageNotFound()
    same_name = select(Shop.id).where(Shop.merchant_id == merchant.id, Shop.name == name)
    if db.session.scalar(same_name) is not None:
        raise ShopNameTaken()
    shop = Shop(
        id=uuid7(at),
        county_id=county_id,
        merchant_id=merchant.id,
        village_id=village_id,
        name=name,
        address=address,
        is_open=True,
        created_at=at,
    )
    db.session.add(shop)
    _trace("merchants.open_shop", county_id, opened_by, ("shop", shop.id), at)
    return shop


def set_open(*, county_id: int, shop_id: UUID, is_open: bool, by: UUID, at: datetime) -> Shop:
    """Open a shop for customers or close it; a closed shop takes no points.

    Raises:
        ShopNotFound: there is no such shop in the county.
    """
    shop = db.session.scalar(
        update(Shop)
        .where(Shop.county_id == county_id, Shop.id == shop_id)
        .values(is_open=is_open)
        .returning(Shop)
        .execution_options(populate_existing=True)
    )
    if shop is None:
        raise ShopNotFound()
    _trace("merchants.set_open", county_id, by, ("shop", shop.id), at, is_open=is_open)
    return shop


def _makers(merchant: Merchant) -> list[UUID]:
    """Who entered the account, and who approved the merchant if that is why it is verified."""
    makers = [merchant.payee_entered_by]
    if merchant.state is MerchantState.APPROVED and merchant.approved_by is not None:
        makers.append(merchant.approved_by)
    return makers


def who_is_paid(merchant: Merchant) -> trust.Concerned:
    its_people = queries.interested_in(Merchant.id == merchant.id, since=merchant.payee_entered_at)
    return trust.Concerned(users=its_people)


def _activate(merchant: Merchant, by: UUID, at: datetime) -> None:
    """Let an approved merchant begin, with its applicant as its owner."""
    merchant.state = MerchantState.ACTIVE
    applicant = db.session.scalars(
        select(MerchantApplication.proposed_by).where(
            MerchantApplication.merchant_id == merchant.id
        )
    ).one()
    record_grant(
        county_id=merchant.county_id,
        user_id=applicant,
        role=Role.MERCHANT,
        place_id=merchant.id,
        actor_id=by,
        at=at,
    )


def _put_in_state(
    county_id: int, merchant_id: UUID, state: MerchantState, by: UUID, at: datetime
) -> Merchant:
    merchant = queries.locked_merchant(county_id, merchant_id)
    check_has_begun(merchant)
    merchant.state = state
    _trace("merchants.set_state", county_id, by, ("merchant", merchant.id), at, state=state.value)
    return merchant


def _trace(
    action: str,
    county_id: int,
    actor_id: UUID,
    subject: tuple[str, UUID],
    at: datetime,
    **details: Any,
) -> None:
    audit.record(action, county_id=county_id, actor_id=actor_id, subject=subject, at=at, **details)
