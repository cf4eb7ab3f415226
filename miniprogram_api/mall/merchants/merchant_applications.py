"""Applying to become a merchant, and the county's decision."""

from typing import Any
from uuid import UUID

from flask_smorest import Blueprint

from app.kernel import clock
from app.kernel.db import transaction
from app.register.identity.roles import Role
from app.web.api import ErrorOut
from app.web.auth import caller, requires, with_factor
from app.web.idempotency import idempotent
from app.web.paging import PageArgs, page, wanted
from mall.merchants import applications
from mall.merchants.models import Merchant, MerchantApplication
from mall.merchants.service import Payee
from miniprogram_api.mall.merchants.merchants_bodies import (
    ApplicationIn,
    ApplicationOut,
    ApplicationPage,
    ApplicationsArgs,
    ContactPhoneOut,
    MerchantOut,
    RejectionIn,
)

bp = Blueprint("merchant_applications", __name__, description="商户入驻")


@bp.post("")
@requires(Role.VISITOR)
@idempotent
@bp.arguments(ApplicationIn)
@bp.response(201, ApplicationOut)
@bp.alt_response(409, schema=ErrorOut, description="Registered already, or an application waits")
def apply(body: dict[str, Any]) -> MerchantApplication:
    """Ask the county to admit a business."""
    payee = Payee(body["payee_name"], body["payee_account"], body["payee_bank"])
    return applications.apply(
        county_id=caller().county_id,
        business=applications.Business(
            body["name"], body["licence_number"], body["contact_phone"], payee
        ),
        applied_by=caller().user_id,
        at=clock.now(),
    )


@bp.get("")
@requires(Role.COUNTY_ADMIN)
@bp.arguments(ApplicationsArgs, location="query")
@bp.response(200, ApplicationPage)
def merchant_applications(args: dict[str, Any]) -> dict[str, Any]:
    """The applications of the county, newest first."""
    return page(applications.applications(caller().county_id, wanted(args)), args["limit"])


@bp.get("/own")
@requires(Role.VISITOR)
@bp.arguments(PageArgs, location="query")
@bp.response(200, ApplicationPage)
def own_applications(args: dict[str, Any]) -> dict[str, Any]:
    """What the caller has applied for, newest first."""
    return page(applications.own_applications(caller().user_id, **args), args["limit"])


@bp.post("/<uuid:application_id>/contact-phone")
@requires(Role.COUNTY_ADMIN)
@bp.response(200, ContactPhoneOut)
@bp.alt_response(404, schema=ErrorOut, description="No such application")
def contact_phone(application_id: UUID) -> dict[str, str]:
    """The applicant's whole phone, to call; that the caller read it is kept."""
    with transaction():
        phone = applications.contact_phone(
            county_id=caller().county_id,
            application_id=application_id,
            by=caller().user_id,
            at=clock.now(),
        )
    return {"contact_phone": phone}


@bp.post("/<uuid:application_id>/approval")
@requires(Role.COUNTY_ADMIN)
@with_factor
@idempotent
@bp.response(201, MerchantOut)
@bp.alt_response(403, schema=ErrorOut, description="The caller's own application")
@bp.alt_response(404, schema=ErrorOut, description="No such application")
@bp.alt_response(409, schema=ErrorOut, description="Decided already, or registered meanwhile")
def approve(application_id: UUID) -> Merchant:
    """Admit the business; it begins once another person has verified its account."""
    return applications.approve(
        county_id=caller().county_id,
        application_id=application_id,
        by=caller().user_id,
        at=clock.now(),
    )


@bp.post("/<uuid:application_id>/rejection")
@requires(Role.COUNTY_ADMIN)
@idempotent
@bp.arguments(RejectionIn)
@bp.response(200, ApplicationOut)
@bp.alt_response(403, schema=ErrorOut, description="The caller's own application")
@bp.alt_response(404, schema=ErrorOut, description="No such application")
@bp.alt_response(409, schema=ErrorOut, description="Decided already")
def reject(body: dict[str, Any], application_id: UUID) -> MerchantApplication:
    """Turn the application down; the applicant reads why and may apply again."""
    return applications.reject(
        county_id=caller().county_id,
        application_id=application_id,
        by=caller().user_id,
        at=clock.now(),
        **body,
    )
