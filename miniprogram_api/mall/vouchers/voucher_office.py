"""Platforms, kinds and batches of vouchers, for the county; what is left, for merchants too."""

from typing import Any
from uuid import UUID

from flask import Response
from flask_smorest import Blueprint

from app.agreements.proposals.queries import ShownProposal, shown
from app.kernel import clock
from app.kernel.db import transaction
from app.register.identity.roles import Role
from app.web.api import ErrorOut
from app.web.auth import caller, requires
from app.web.contract import BINARY
from app.web.idempotency import idempotent
from app.web.multipart import multipart
from app.web.paging import PageArgs, page
from mall.vouchers import importing, proposals, queries, sales
from mall.vouchers import kinds as service
from mall.vouchers.models import Platform
from miniprogram_api.agreements.proposals_bodies import ProposalOut
from miniprogram_api.mall.vouchers.vouchers_bodies import (
    VoucherBatchFileIn,
    VoucherBatchFormIn,
    VoucherBatchPage,
    VoucherFactsIn,
    VoucherImportOut,
    VoucherKindIn,
    VoucherPlatformIn,
    VoucherPlatformOut,
    VoucherPlatformPage,
    VoucherSalesArgs,
    VoucherStockPage,
)

bp = Blueprint("voucher_office", __name__, description="券的管理")
READERS = (Role.COUNTY_ADMIN, Role.FINANCE, Role.AUDITOR, Role.MERCHANT)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@bp.get("/platforms")
@requires(*READERS)
@bp.arguments(PageArgs, location="query")
@bp.response(200, VoucherPlatformPage)
def platforms(args: dict[str, Any]) -> dict[str, Any]:
    """The platforms of the county, or those of the caller's merchants, newest first."""
    found = queries.platforms(caller().county_id, merchant_ids=_seen_merchants(), **args)
    return page(found, args["limit"])


@bp.post("/platforms")
@requires(Role.COUNTY_ADMIN)
@bp.arguments(VoucherPlatformIn)
@bp.response(201, VoucherPlatformOut)
@bp.alt_response(404, schema=ErrorOut, description="No such shop")
@bp.alt_response(409, schema=ErrorOut, description="Not a mall, or name or shop are taken")
def enter_platform(body: dict[str, Any]) -> Platform:
    """Enter a platform. Its sales are paid at the shop, and cashed out as any shop's."""
    who = caller()
    with transaction():
        return service.enter_platform(
            county_id=who.county_id, entered_by=who.user_id, at=clock.now(), **body
        )


@bp.get("/platforms/<uuid:platform_id>/sales")
@requires(*READERS)
@bp.arguments(VoucherSalesArgs, location="query")
@bp.response(200, BINARY, content_type=XLSX)
@bp.alt_response(404, schema=ErrorOut, description="Not a platform that the caller may see")
@bp.alt_response(422, schema=ErrorOut, description="More than 93 days, or in the wrong order")
def export_sales(args: dict[str, Any], platform_id: UUID) -> Response:
    """The sales of some days as a workbook, each code by its tail."""
    found = queries.platform(caller().county_id, platform_id, merchant_ids=_seen_merchants())
    name = f"vouchers-{args['from_on']}-{args['to_on']}.xlsx"
    headers = {"Content-Disposition": f"attachment; filename={name}"}
    return Response(sales.export(found, **args), content_type=XLSX, headers=headers)


@bp.get("/stock")
@requires(*READERS)
@bp.arguments(PageArgs, location="query")
@bp.response(200, VoucherStockPage)
def stock(args: dict[str, Any]) -> dict[str, Any]:
    """What became of the codes of each kind, and what is left; newest kind first."""
    found = queries.stocks(caller().county_id, merchant_ids=_seen_merchants(), **args)
    return page(found, args["limit"])


@bp.post("/kinds")
@requires(Role.COUNTY_ADMIN)
@bp.arguments(VoucherKindIn)
@bp.response(202, ProposalOut)
@bp.alt_response(404, schema=ErrorOut, description="No such platform or region")
@bp.alt_response(409, schema=ErrorOut, description="The name is taken, or proposed by another")
@bp.alt_response(422, schema=ErrorOut, description="Dearer than its market price")
def enter_kind(body: dict[str, Any]) -> ShownProposal:
    """Propose a kind. It is there a day after another agreed, and sold out until codes come."""
    who, platform_id = caller(), body.pop("platform_id")
    with transaction():
        proposal = proposals.propose_kind(
            platform_id=platform_id, facts=_facts(body), by=who, at=clock.now()
        )
        return shown(proposal, who)


@bp.put("/kinds/<uuid:kind_id>")
@requires(Role.COUNTY_ADMIN)
@bp.arguments(VoucherFactsIn)
@bp.response(202, ProposalOut)
@bp.alt_response(404, schema=ErrorOut, description="No such kind or region")
@bp.alt_response(409, schema=ErrorOut, description="Withdrawn, name taken, or proposed by another")
@bp.alt_response(422, schema=ErrorOut, description="Dearer than its market price")
def change_kind(body: dict[str, Any], kind_id: UUID) -> ShownProposal:
    """Propose what a kind is and costs from a day after another agreed.

    Below 80 % of the market price finance must agree besides.
    """
    who = caller()
    with transaction():
        proposal = proposals.propose_change(
            kind_id=kind_id, facts=_facts(body), by=who, at=clock.now()
        )
        return shown(proposal, who)


@bp.post("/kinds/<uuid:kind_id>/withdrawal")
@requires(Role.COUNTY_ADMIN)
@bp.response(202, ProposalOut)
@bp.alt_response(404, schema=ErrorOut, description="No such kind")
@bp.alt_response(409, schema=ErrorOut, description="Withdrawn already, or proposed by another")
def withdraw_kind(kind_id: UUID) -> ShownProposal:
    """Propose to sell no more of it, for good. What was bought stays good."""
    who = caller()
    with transaction():
        return shown(proposals.propose_withdrawal(kind_id=kind_id, by=who, at=clock.now()), who)


@bp.get("/kinds/<uuid:kind_id>/batches")
@requires(Role.COUNTY_ADMIN, Role.AUDITOR)
@bp.arguments(PageArgs, location="query")
@bp.response(200, VoucherBatchPage)
def batches(args: dict[str, Any], kind_id: UUID) -> dict[str, Any]:
    """The files that were imported of a kind, newest first."""
    return page(queries.batches(caller().county_id, kind_id, **args), args["limit"])


@bp.post("/kinds/<uuid:kind_id>/batches")
@requires(Role.COUNTY_ADMIN)
@idempotent
@multipart(bp, files=VoucherBatchFileIn, form=VoucherBatchFormIn)
@bp.response(200, VoucherImportOut)
@bp.alt_response(404, schema=ErrorOut, description="No such kind")
@bp.alt_response(409, schema=ErrorOut, description="Withdrawn")
@bp.alt_response(422, schema=ErrorOut, description="`details.problems` says why, by row")
def import_batch(form: dict[str, Any], files: dict[str, Any], kind_id: UUID) -> importing.Outcome:
    """Import the codes of a file, all or none; or, as a dry run, list its problems.

    They are sold from when another person has agreed to the proposal that it makes.
    """
    return proposals.import_batch(
        files["file"].stream,
        kind_id=kind_id,
        is_dry_run=form["dry_run"],
        by=caller(),
        at=clock.now(),
    )


def _facts(body: dict[str, Any]) -> service.Facts:
    return service.Facts(**body | {"buyer_region_ids": tuple(body["buyer_region_ids"])})


def _seen_merchants() -> tuple[UUID, ...] | None:
    """Whose platforms the caller sees; none: all of the county's."""
    if caller().may((Role.COUNTY_ADMIN, Role.FINANCE, Role.AUDITOR)):
        return None
    return caller().places(Role.MERCHANT)
