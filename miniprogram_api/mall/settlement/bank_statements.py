"""The statements of the bank."""

from typing import Any

from flask_smorest import Blueprint

from app.kernel import clock
from app.kernel.jobs import defer
from app.register.identity.roles import Role
from app.web.api import ErrorOut
from app.web.auth import caller, requires
from app.web.idempotency import idempotent
from app.web.multipart import multipart
from mall.settlement import jobs
from mall.settlement import service as settlement
from miniprogram_api.mall.settlement.bank_statements_bodies import ImportedOut, StatementFileIn

bp = Blueprint("bank_statements", __name__, description="银行对账单")


@bp.post("")
@requires(Role.FINANCE, Role.BANK)
@idempotent
@multipart(bp, files=StatementFileIn)
@bp.response(201, ImportedOut)
@bp.alt_response(409, schema=ErrorOut, description="The statement of another account")
@bp.alt_response(422, schema=ErrorOut, description="Not a statement, or it does not add up")
def import_statement(files: dict[str, Any]) -> settlement.Imported:
    """Take in a statement file; its lines are booked right after, see reconciliations."""
    who = caller()
    imported = settlement.import_statement(
        county_id=who.county_id,
        content=files["file"].read(),
        imported_by=who.user_id,
        at=clock.now(),
    )
    defer(jobs.book_statement, str(who.county_id), str(imported.statement.id))
    return imported
