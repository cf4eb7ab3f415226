"""The county's account at the bank, typed by two people from the contract."""

from typing import Any

from flask_smorest import Blueprint
from marshmallow import Schema, fields

from app.kernel import clock
from app.register.identity.roles import Role
from app.web.api import ErrorOut
from app.web.auth import caller, requires
from app.web.fields import Digits, Whole
from app.web.idempotency import idempotent
from mall.settlement import service as settlement

bp = Blueprint("custody_account", __name__, description="托管账户")


class AccountIn(Schema):
    account = Digits(required=True, validate=Whole(r"^[0-9 ]{8,40}$"))


class CustodyAccountOut(Schema):
    tail = fields.String(
        required=True, allow_none=True, attribute="account_tail", metadata={"description": "末四位"}
    )
    proposed_tail = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "Typed by one person; a second types it too"},
    )


@bp.get("")
@requires(Role.FINANCE, Role.COUNTY_ADMIN, Role.BANK, Role.AUDITOR)
@bp.response(200, CustodyAccountOut)
def account() -> Any:
    """The last digits of the account in force, and of what one person typed."""
    found = settlement.custody_account(caller().county_id)
    return found or {"account_tail": None, "proposed_tail": None}


@bp.post("")
@requires(Role.FINANCE, Role.COUNTY_ADMIN)
@idempotent
@bp.arguments(AccountIn)
@bp.response(201, CustodyAccountOut)
@bp.alt_response(202, schema=CustodyAccountOut, description="A second person must type it too")
@bp.alt_response(403, schema=ErrorOut, description="Not apart from who typed it first")
@bp.alt_response(409, schema=ErrorOut, description="Another county's")
@bp.alt_response(422, schema=ErrorOut, description="Not what the first person typed")
def enter(body: dict[str, Any]) -> Any:
    """Type the account; it is in force when a second person has typed the same."""
    who = caller()
    row = settlement.enter_account(
        county_id=who.county_id, entered_by=who.user_id, at=clock.now(), **body
    )
    if row.proposed_tail is None:
        return row
    return row, 202
