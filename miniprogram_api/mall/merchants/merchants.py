"""Merchants, and the bank accounts they are paid on."""

from typing import Any
from uuid import UUID

from flask_smorest import Blueprint

from app.kernel import clock
from app.kernel.db import transaction
from app.register.identity.models import RoleGrant
from app.register.identity.roles import Role
from app.web.api import ErrorOut
from app.web.auth import caller, requires
from app.web.paging import page, wanted
from mall.merchants import queries, service, staff
from mall.merchants.models import Merchant
from miniprogram_api.mall.merchants.merchants_bodies import (
    MerchantIn,
    MerchantOut,
    MerchantPage,
    MerchantsArgs,
    PayeeIn,
    PayeeVerificationIn,
    StaffIn,
    StaffOut,
)

bp = Blueprint("merchants", __name__, description="商户")


def _payee(body: dict[str, Any]) -> service.Payee:
    return service.Payee(body["payee_name"], body["payee_account"], body["payee_bank"])


@bp.get("")
@requires(Role.COUNTY_ADMIN, Role.FINANCE, Role.AUDITOR)
@bp.arguments(MerchantsArgs, location="query")
@bp.response(200, MerchantPage)
def merchants(args: dict[str, Any]) -> dict[str, Any]:
    """The merchants of the county, newest first."""
    return page(queries.merchants(caller().county_id, wanted(args)), args["limit"])


@bp.post("")
@requires(Role.COUNTY_ADMIN)
@bp.arguments(MerchantIn)
@bp.response(201, MerchantOut)
@bp.alt_response(409, schema=ErrorOut, description="The licence is registered already")
def register(body: dict[str, Any]) -> Merchant:
    """Register a merchant. It is paid once somebody else has verified its account."""
    with transaction():
        return service.register_merchant(
            county_id=caller().county_id,
            name=body["name"],
            licence_number=body["licence_number"],
            payee=_payee(body),
            registered_by=caller().user_id,
            at=clock.now(),
        )


@bp.put("/<uuid:merchant_id>/payee")
@requires(Role.COUNTY_ADMIN)
@bp.arguments(PayeeIn)
@bp.response(200, MerchantOut)
@bp.alt_response(404, schema=ErrorOut, description="No such merchant")
def change_payee(body: dict[str, Any], merchant_id: UUID) -> Merchant:
    """Change where the merchant is paid: verified anew, and cash-outs pause for three days."""
    with transaction():
        return service.change_payee(
            county_id=caller().county_id,
            merchant_id=merchant_id,
            payee=_payee(body),
            changed_by=caller().user_id,
            at=clock.now(),
        )


@bp.post("/<uuid:merchant_id>/payee/verification")
@requires(Role.COUNTY_ADMIN, Role.FINANCE)
@bp.arguments(PayeeVerificationIn)
@bp.response(200, MerchantOut)
@bp.alt_response(403, schema=ErrorOut, description="The caller entered the account")
@bp.alt_response(404, schema=ErrorOut, description="No such merchant")
@bp.alt_response(409, schema=ErrorOut, description="Verified already")
@bp.alt_response(422, schema=ErrorOut, description="Not the account that was entered")
def verify_payee(body: dict[str, Any], merchant_id: UUID) -> Merchant:
    """Confirm the merchant's account by typing it again from the paper."""
    with transaction():
        return service.verify_payee(
            county_id=caller().county_id,
            merchant_id=merchant_id,
            account=body["payee_account"],
            verified_by=caller().user_id,
            at=clock.now(),
        )


@bp.post("/<uuid:merchant_id>/suspension")
@requires(Role.COUNTY_ADMIN)
@bp.response(200, MerchantOut)
@bp.alt_response(404, schema=ErrorOut, description="No such merchant")
def suspend(merchant_id: UUID) -> Merchant:
    """Stop the merchant from taking points and from being paid."""
    who = caller()
    with transaction():
        return service.suspend(
            county_id=who.county_id, merchant_id=merchant_id, by=who.user_id, at=clock.now()
        )


@bp.delete("/<uuid:merchant_id>/suspension")
@requires(Role.COUNTY_ADMIN)
@bp.response(200, MerchantOut)
@bp.alt_response(404, schema=ErrorOut, description="No such merchant")
def reinstate(merchant_id: UUID) -> Merchant:
    """Let the merchant take points and be paid again."""
    who = caller()
    with transaction():
        return service.reinstate(
            county_id=who.county_id, merchant_id=merchant_id, by=who.user_id, at=clock.now()
        )


@bp.post("/<uuid:merchant_id>/owners")
@requires(Role.COUNTY_ADMIN)
@bp.arguments(StaffIn)
@bp.response(201, StaffOut)
@bp.alt_response(404, schema=ErrorOut, description="No such merchant")
def name_owner(body: dict[str, Any], merchant_id: UUID) -> RoleGrant:
    """Let whoever has this phone act for the merchant."""
    who = caller()
    with transaction():
        return staff.name_owner(
            county_id=who.county_id,
            merchant_id=merchant_id,
            by=who.user_id,
            at=clock.now(),
            **body,
        )
