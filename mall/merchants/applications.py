"""Applying to become a merchant, and the county's decision.

applied → approved, which makes a merchant that begins once a second person has verified its
account (``service.verify_payee``); or → rejected with a reason, and its applicant may apply again.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app.kernel import audit, decisions
from app.kernel.db import db, locked
from app.kernel.ids import uuid7
from app.kernel.lists import Listed, Wanted, listed
from app.kernel.secrets import masked_phone, vault
from app.register import trust
from mall.merchants import accounts, visits
from mall.merchants.errors import (
    AlreadyApplied,
    ApplicationNotFound,
    LicenceNumberWrong,
    LicenceTaken,
)
from mall.merchants.licences import is_licence_number
from mall.merchants.models import ApplicationState, Merchant, MerchantApplication, MerchantState
from mall.merchants.service import Payee, trace_payee

PHONE_PURPOSE = "merchant_phone"


@dataclass(frozen=True)
class Business:
    """What an applicant says of the business. The phone is kept encrypted."""

    name: str
    licence_number: str
    contact_phone: str
    payee: Payee


def apply(
    *, county_id: int, business: Business, applied_by: UUID, at: datetime
) -> MerchantApplication:
    """Ask the county to admit a business.

    Raises:
        LicenceNumberWrong: the check character of the licence number does not fit the others.
        LicenceTaken: a merchant with this licence is registered already.
        AlreadyApplied: an application of this person or for this licence waits for a decision.
    """
    if not is_licence_number(business.licence_number):
        raise LicenceNumberWrong()
    if _is_registered(county_id, business.licence_number):
        raise LicenceTaken()
    new_id = uuid7(at)
    application_id = db.session.scalar(
        insert(MerchantApplication)
        .values(
            id=new_id,
            county_id=county_id,
            name=business.name,
            licence_number=business.licence_number,
            contact_phone_sealed=vault().seal(business.contact_phone, PHONE_PURPOSE),
            payee_name=business.payee.name,
            payee_account_sealed=accounts.seal(business.payee.account, new_id),
            payee_account_tail=business.payee.account[-4:],
            payee_bank=business.payee.bank,
            state=ApplicationState.APPLIED,
            applied_by=applied_by,
            applied_at=at,
        )
        .on_conflict_do_nothing()
        .returning(MerchantApplication.id)
    )
    if application_id is None:
        raise AlreadyApplied()
    subject = ("merchant_application", application_id)
    audit.record(
        "merchants.apply", county_id=county_id, actor_id=applied_by, subject=subject, at=at
    )
    return db.session.get_one(MerchantApplication, application_id)


def approve(*, county_id: int, application_id: UUID, by: UUID, at: datetime) -> Merchant:
    """Admit a business whose licence was looked at; it begins once its account is verified.

    Raises:
        ApplicationNotFound, AlreadyDecided: there is nothing to decide.
        SamePerson, SameHousehold, Related: nobody decides on their own application.
        NotSeen: nobody apart from the applicant and from who decides has seen the shop.
        LicenceTaken: the county has registered this licence meanwhile.
    """
    application = _open_application(county_id, application_id, by, at)
    visits.check_seen(
        county_id=county_id,
        licence_number=application.licence_number,
        apart_from=[application.proposed_by, by],
        at=at,
    )
    new_id = uuid7(at)
    account = accounts.open_account(application.payee_account_sealed, application.id)
    merchant_id = db.session.scalar(
        insert(Merchant)
        .values(
            id=new_id,
            county_id=county_id,
            name=application.name,
            licence_number=application.licence_number,
            state=MerchantState.APPROVED,
            payee_name=application.payee_name,
            payee_account_sealed=accounts.seal(account, new_id),
            payee_account_tail=application.payee_account_tail,
            payee_bank=application.payee_bank,
            payee_entered_by=application.proposed_by,
            payee_entered_at=application.proposed_at,
            contact_phone_sealed=application.contact_phone_sealed,
            approved_by=by,
            created_at=at,
        )
        .on_conflict_do_nothing(index_elements=["county_id", "licence_number"])
        .returning(Merchant.id)
    )
    if merchant_id is None:
        raise LicenceTaken()
    application.merchant_id = merchant_id
    _decide(application, ApplicationState.APPROVED, by, at)
    merchant = db.session.get_one(Merchant, merchant_id)
    trace_payee("merchants.admit", merchant, by, at)
    return merchant


def reject(
    *, county_id: int, application_id: UUID, reason: str, by: UUID, at: datetime
) -> MerchantApplication:
    """Turn an application down; the applicant reads the reason and may apply again.

    Raises:
        ApplicationNotFound, AlreadyDecided: there is nothing to decide.
        SamePerson, SameHousehold, Related: nobody decides on their own application.
    """
    application = _open_application(county_id, application_id, by, at)
    application.reason = reason
    _decide(application, ApplicationState.REJECTED, by, at)
    return application


def applications(county_id: int, wanted: Wanted) -> Listed[MerchantApplication]:
    """The applications of the county, newest first."""
    query = select(MerchantApplication).where(MerchantApplication.county_id == county_id)
    return listed(query, MerchantApplication, wanted)


def own_applications(
    user_id: UUID, *, before: UUID | None, limit: int
) -> list[MerchantApplication]:
    """What the user has applied for, newest first."""
    query = select(MerchantApplication).where(MerchantApplication.proposed_by == user_id)
    if before is not None:
        query = query.where(MerchantApplication.id < before)
    return list(db.session.scalars(query.order_by(MerchantApplication.id.desc()).limit(limit)))


def masked_contact_phone(application: MerchantApplication) -> str:
    """The phone as a list may show it."""
    return masked_phone(vault().unseal(application.contact_phone_sealed, PHONE_PURPOSE))


def contact_phone(*, county_id: int, application_id: UUID, by: UUID, at: datetime) -> str:
    """The whole phone, for the one who has to call the applicant; that they looked is kept.

    Raises:
        ApplicationNotFound: not in this county.
    """
    found = db.session.get(MerchantApplication, application_id)
    if found is None or found.county_id != county_id:
        raise ApplicationNotFound()
    _trace("merchants.read_contact_phone", found, by, at)
    return vault().unseal(found.contact_phone_sealed, PHONE_PURPOSE)


def _is_registered(county_id: int, licence_number: str) -> bool:
    query = select(Merchant.id).where(
        Merchant.county_id == county_id, Merchant.licence_number == licence_number
    )
    return db.session.scalar(query) is not None


def _open_application(
    county_id: int, application_id: UUID, by: UUID, at: datetime
) -> MerchantApplication:
    """The application, locked until commit, if it may be decided by this person."""
    application = db.session.scalar(
        locked(
            select(MerchantApplication).where(
                MerchantApplication.county_id == county_id,
                MerchantApplication.id == application_id,
            )
        )
    )
    if application is None:
        raise ApplicationNotFound()
    trust.check(application, by=by, at=at)
    return application


def _decide(
    application: MerchantApplication, state: ApplicationState, by: UUID, at: datetime
) -> None:
    decisions.decide(application, to=state, by=by, at=at)
    _trace("merchants.decide_application", application, by, at, state=state.value)


def _trace(
    action: str, application: MerchantApplication, by: UUID, at: datetime, **details: Any
) -> None:
    audit.record(
        action,
        county_id=application.county_id,
        actor_id=by,
        subject=("merchant_application", application.id),
        at=at,
        **details,
    )
