"""A day at the bank beside the same day in the ledger."""

from typing import Any

from flask_smorest import Blueprint

from app.identity.roles import Role
from app.web.api import ErrorOut
from app.web.auth import actor, requires
from mall.settlement import reconciliation
from miniprogram_api.schemas.bank_statements import DayArgs, ReconciliationOut

bp = Blueprint("reconciliations", __name__, description="对账")


@bp.get("/<string:on>")
@requires(Role.FINANCE, Role.BANK, Role.AUDITOR)
@bp.arguments(DayArgs, location="path")
@bp.response(200, ReconciliationOut)
@bp.alt_response(404, schema=ErrorOut, description="No statement of that day was imported")
def of_day(day: dict[str, Any], **_: str) -> reconciliation.Reconciliation:
    """Whether bank and ledger agree, every line on which they differ, and what to do."""
    return reconciliation.reconciliation(actor().county_id, day["on"])
