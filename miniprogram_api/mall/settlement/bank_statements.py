"""The statements of the bank: one brings a file, another confirms it."""

from typing import Any
from uuid import UUID

from flask_smorest import Blueprint

from app.agreements.proposals.queries import ShownProposal, shown
from app.kernel import clock
from app.kernel.jobs import defer
from app.register.identity.roles import Role
from app.web.api import ErrorOut
from app.web.auth import caller, requires, with_factor
from app.web.idempotency import idempotent
from app.web.multipart import multipart
from app.web.paging import PageArgs, page, wanted
from mall.settlement import jobs, proposals, queries
from mall.settlement import service as settlement
from mall.settlement.models import BankStatement, StatementSource, StatementState
from miniprogram_api.agreements.proposals_bodies import ProposalOut
from miniprogram_api.mall.settlement.bank_statements_bodies import (
    BankReasonIn,
    ImportedOut,
    LineClassIn,
    LinePartsIn,
    StatementFileIn,
    StatementLinePage,
    StatementOut,
    StatementPage,
    StatementsArgs,
)

bp = Blueprint("bank_statements", __name__, description="银行对账单")
OFFICES = (Role.FINANCE, Role.COUNTY_ADMIN)
READERS = (Role.FINANCE, Role.COUNTY_ADMIN, Role.BANK, Role.AUDITOR)


@bp.get("")
@requires(*READERS)
@bp.arguments(StatementsArgs, location="query")
@bp.response(200, StatementPage)
def statements(args: dict[str, Any]) -> dict[str, Any]:
    """The county's statement files, newest first, and which of them wait for a second person."""
    return page(queries.statements(caller().county_id, wanted(args)), args["limit"])


@bp.get("/<uuid:statement_id>/lines")
@requires(*READERS)
@bp.arguments(PageArgs, location="query")
@bp.response(200, StatementLinePage)
@bp.alt_response(404, schema=ErrorOut, description="Not of this county")
def lines(args: dict[str, Any], statement_id: UUID) -> dict[str, Any]:
    """The lines that a file brought first, last line first; those of other files are there."""
    found = queries.statement_lines(caller().county_id, statement_id, **args)
    return page(list(found), args["limit"])


@bp.post("")
@requires(Role.FINANCE, Role.BANK)
@idempotent
@multipart(bp, files=StatementFileIn)
@bp.response(201, ImportedOut)
@bp.alt_response(202, schema=ImportedOut, description="Taken in; it waits for a second person")
@bp.alt_response(409, schema=ErrorOut, description="The statement of another account, or of none")
@bp.alt_response(422, schema=ErrorOut, description="Not a statement, or of another time")
def import_statement(files: dict[str, Any]) -> Any:
    """Take in a statement file, of a day or of several.

    A day counts when a second person confirms it, or the bank does.
    """
    who = caller()
    days = settlement.import_file(
        county_id=who.county_id,
        content=files["file"].read(),
        imported_by=who.user_id,
        at=clock.now(),
        source=StatementSource.PERSON,
    )
    first, *further = days
    told = vars(first) | {"further": further}
    if all(one.statement.state is StatementState.CONFIRMED for one in days):
        return told
    return told, 202


@bp.post("/<uuid:statement_id>/confirmation")
@requires(Role.FINANCE, Role.COUNTY_ADMIN, Role.BANK)
@with_factor
@idempotent
@bp.response(200, StatementOut)
@bp.alt_response(403, schema=ErrorOut, description="Not apart from who brought it")
@bp.alt_response(404, schema=ErrorOut, description="Not of this county")
@bp.alt_response(409, schema=ErrorOut, description="Decided, or not true beside its neighbours")
def confirm(statement_id: UUID) -> BankStatement:
    """Say that a waiting file is the bank's; its lines are booked right after."""
    who = caller()
    statement = settlement.confirm_statement(
        county_id=who.county_id,
        statement_id=statement_id,
        confirmed_by=who.user_id,
        at=clock.now(),
    )
    defer(jobs.book_statement, str(who.county_id), str(statement.id))
    return statement


@bp.post("/lines/<uuid:entry_id>/classification")
@requires(*OFFICES)
@idempotent
@bp.arguments(LineClassIn)
@bp.response(202, ProposalOut)
@bp.alt_response(404, schema=ErrorOut, description="Not of this county")
@bp.alt_response(409, schema=ErrorOut, description="The line needs nobody, or is proposed already")
@bp.alt_response(422, schema=ErrorOut, description="The line cannot be that")
def classify(body: dict[str, Any], entry_id: UUID) -> ShownProposal:
    """Propose what a line is that does not speak for itself. It is booked when another agrees."""
    who = caller()
    return shown(
        proposals.propose_class(entry_id=entry_id, by=who, at=clock.now(), **body),
        who,
    )


@bp.post("/lines/<uuid:entry_id>/parts")
@requires(*OFFICES)
@idempotent
@bp.arguments(LinePartsIn)
@bp.response(202, ProposalOut)
@bp.alt_response(404, schema=ErrorOut, description="Not of this county")
@bp.alt_response(409, schema=ErrorOut, description="The line needs nobody, or a payment is booked")
@bp.alt_response(422, schema=ErrorOut, description="They come to another sum")
def take_apart(body: dict[str, Any], entry_id: UUID) -> ShownProposal:
    """Propose of which payments a line is the sum. Each is booked when another agrees."""
    who = caller()
    return shown(
        proposals.propose_parts(entry_id=entry_id, by=who, at=clock.now(), **body),
        who,
    )


@bp.post("/<uuid:statement_id>/set-aside")
@requires(*OFFICES)
@idempotent
@bp.arguments(BankReasonIn)
@bp.response(202, ProposalOut)
@bp.alt_response(404, schema=ErrorOut, description="Not of this county")
@bp.alt_response(409, schema=ErrorOut, description="It is booked, or proposed already")
def set_aside(body: dict[str, Any], statement_id: UUID) -> ShownProposal:
    """Propose that a file is wrong. When another agrees, nothing of it will be booked."""
    who = caller()
    return shown(
        proposals.propose_set_aside(statement_id=statement_id, by=who, at=clock.now(), **body),
        who,
    )


@bp.post("/<uuid:statement_id>/take-in")
@requires(*OFFICES)
@idempotent
@bp.arguments(BankReasonIn)
@bp.response(202, ProposalOut)
@bp.alt_response(404, schema=ErrorOut, description="Not of this county")
@bp.alt_response(409, schema=ErrorOut, description="Decided, or not true beside what counts")
def take_in(body: dict[str, Any], statement_id: UUID) -> ShownProposal:
    """Propose that a waiting file may add to a day that is closed. It does when another agrees."""
    who = caller()
    return shown(
        proposals.propose_take_in(statement_id=statement_id, by=who, at=clock.now(), **body),
        who,
    )
