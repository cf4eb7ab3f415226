"""Payment files for a bank that takes files, and the result files it gives back."""

from typing import Any
from uuid import UUID

from flask import Response
from flask_smorest import Blueprint

from app import outside
from app.agreements.proposals.queries import ShownProposal, shown
from app.kernel import clock
from app.kernel.jobs import defer
from app.outside.bank import desk
from app.register.identity.roles import Role
from app.web.api import ErrorOut
from app.web.auth import caller, requires, with_factor
from app.web.contract import BINARY
from app.web.idempotency import idempotent
from app.web.multipart import multipart
from app.web.paging import PageArgs, page
from mall.settlement import jobs, proposals
from mall.settlement import service as settlement
from miniprogram_api.agreements.proposals_bodies import ProposalOut
from miniprogram_api.mall.settlement.bank_statements_bodies import BankReasonIn
from miniprogram_api.mall.settlement.payment_batches_bodies import (
    BatchOut,
    BatchPage,
    DoubtListOut,
    DoubtOut,
    ResultFileIn,
    ResultFileListOut,
    ResultFileOut,
)

bp = Blueprint("payment_batches", __name__, description="付款文件")
QUARANTINE_SHOWN = 100


@bp.post("")
@requires(Role.FINANCE)
@idempotent
@bp.response(201, BatchOut)
@bp.alt_response(404, schema=ErrorOut, description="Nothing waits, or the bank takes no files")
@bp.alt_response(409, schema=ErrorOut, description="The file, read again, is not what it should be")
def export() -> desk.BankBatch:
    """Put every payment that waits for the bank into one file, to be fetched at `…/file`."""
    who = caller()
    batch = settlement.export_batch(county_id=who.county_id, made_by=who.user_id, at=clock.now())
    defer(jobs.write_batch, str(who.county_id), str(batch.id))
    return batch


@bp.get("")
@requires(Role.FINANCE, Role.AUDITOR)
@bp.arguments(PageArgs, location="query")
@bp.response(200, BatchPage)
def exported(args: dict[str, Any]) -> dict[str, Any]:
    """The payment files, newest first."""
    return page(list(desk.batches(caller().county_id, **args)), args["limit"])


@bp.get("/<uuid:batch_id>/file")
@requires(Role.FINANCE)
@bp.response(200, BINARY, content_type="application/octet-stream")
@bp.alt_response(404, schema=ErrorOut, description="No such batch")
def file(batch_id: UUID) -> Response:
    """The payment file, the same bytes whenever it is fetched."""
    batch = desk.batch(caller().county_id, batch_id)
    headers = {"Content-Disposition": f"attachment; filename={batch.file_name}"}
    return Response(
        desk.content_of(batch), content_type=outside.bank_desk().format.media_type, headers=headers
    )


@bp.post("/<uuid:batch_id>/withdrawal")
@requires(Role.FINANCE, Role.COUNTY_ADMIN)
@idempotent
@bp.arguments(BankReasonIn)
@bp.response(202, ProposalOut)
@bp.alt_response(404, schema=ErrorOut, description="No such batch")
@bp.alt_response(409, schema=ErrorOut, description="The bank has it, or it was made anew already")
def withdraw(body: dict[str, Any], batch_id: UUID) -> ShownProposal:
    """Propose that a file was never sent. When another agrees, its payments leave in the next."""
    who = caller()
    return shown(
        proposals.propose_withdrawal(batch_id=batch_id, by=who, at=clock.now(), **body),
        who,
    )


@bp.post("/results")
@requires(Role.FINANCE)
@idempotent
@multipart(bp, files=ResultFileIn)
@bp.response(201, ResultFileOut)
@bp.alt_response(404, schema=ErrorOut, description="Another county's, or no files")
@bp.alt_response(422, schema=ErrorOut, description="Not a result file")
def import_results(files: dict[str, Any]) -> desk.BankResultFile:
    """Take in the bank's result file. One that is not beyond doubt is kept apart and says why."""
    who = caller()
    taken = settlement.import_results(
        county_id=who.county_id,
        content=files["file"].read(),
        received_by=who.user_id,
        at=clock.now(),
    )
    defer(jobs.go_on_with_due)
    return taken.file


@bp.get("/quarantine")
@requires(Role.FINANCE, Role.AUDITOR)
@bp.response(200, ResultFileListOut)
def quarantine() -> dict[str, Any]:
    """The result files that were kept apart, newest first, with what is wrong in them."""
    return {"items": desk.quarantine(caller().county_id, limit=QUARANTINE_SHOWN)}


@bp.get("/lines")
@requires(Role.FINANCE, Role.COUNTY_ADMIN, Role.AUDITOR)
@bp.response(200, DoubtListOut)
def doubts() -> dict[str, Any]:
    """The payments that a file calls refused and nobody else has, and those that were paid."""
    return {"items": desk.doubts(caller().county_id, limit=QUARANTINE_SHOWN)}


@bp.post("/lines/<string:payment_id>/confirmation")
@requires(Role.FINANCE, Role.COUNTY_ADMIN)
@with_factor
@idempotent
@bp.response(200, DoubtOut)
@bp.alt_response(403, schema=ErrorOut, description="Not apart from who brought the file")
@bp.alt_response(404, schema=ErrorOut, description="Not in doubt, or another county's")
def confirm_refusal(payment_id: str) -> desk.BankOrder:
    """Say that the bank refused the payment, as the second person: its amount is freed."""
    who = caller()
    order = settlement.confirm_refusal(
        county_id=who.county_id,
        payment_id=payment_id,
        confirmed_by=who.user_id,
        at=clock.now(),
    )
    defer(jobs.go_on_with_due)
    return order
