"""Who may sign in at a computer."""

from typing import Any
from uuid import UUID

from flask_smorest import Blueprint

from app.agreements.access import service
from app.agreements.proposals.queries import ShownProposal, shown
from app.kernel import clock
from app.kernel.db import transaction
from app.register.identity.roles import Role
from app.register.identity.staff import accounts
from app.register.identity.staff.models import StaffAccount
from app.web.api import ErrorOut
from app.web.auth import caller, requires, with_factor
from miniprogram_api.agreements.proposals_bodies import ProposalOut
from miniprogram_api.register.staff_bodies import LeavingOut, StaffAccountIn, StaffAccountOut

bp = Blueprint("staff_accounts", __name__, description="电脑端账号")
GIVERS = (Role.VILLAGE_ADMIN, Role.TOWN_ADMIN, Role.COUNTY_ADMIN)
CLOSERS = (*GIVERS, Role.SECURITY_ADMIN)
_MANY = {
    403: "Their office is not the caller's to grant",
    404: "No such account in the caller's county",
    409: "They hold no office, or have left",
}


@bp.post("")
@requires(*GIVERS)
@with_factor
@bp.arguments(StaffAccountIn)
@bp.response(201, StaffAccountOut)
@bp.alt_response(403, schema=ErrorOut, description=_MANY[403])
@bp.alt_response(404, schema=ErrorOut, description="No such user")
@bp.alt_response(409, schema=ErrorOut, description="They have one, or the login is taken")
@bp.alt_response(422, schema=ErrorOut, description="The login is not acceptable")
def make(body: dict[str, Any]) -> StaffAccount:
    """Let an official work at a computer; they set their password from their own phone."""
    with transaction():
        return accounts.make(by=caller(), at=clock.now(), **body)


@bp.get("/<uuid:user_id>")
@requires(*CLOSERS)
@bp.response(200, StaffAccountOut)
@bp.alt_response(403, schema=ErrorOut, description=_MANY[403])
@bp.alt_response(404, schema=ErrorOut, description=_MANY[404])
@bp.alt_response(409, schema=ErrorOut, description=_MANY[409])
def account(user_id: UUID) -> StaffAccount:
    """The account of an official."""
    found = accounts.account_of(user_id=user_id, county_id=caller().county_id)
    accounts.check_area(user_id, caller())
    return found


@bp.post("/<uuid:user_id>/suspension")
@requires(*CLOSERS)
@bp.response(204)
@bp.alt_response(403, schema=ErrorOut, description=_MANY[403])
@bp.alt_response(404, schema=ErrorOut, description=_MANY[404])
@bp.alt_response(409, schema=ErrorOut, description=_MANY[409])
def suspend(user_id: UUID) -> None:
    """Close the account for the time being; its sessions end at once."""
    with transaction():
        accounts.suspend(user_id=user_id, by=caller(), at=clock.now())


@bp.delete("/<uuid:user_id>/suspension")
@requires(*CLOSERS)
@with_factor
@bp.response(204)
@bp.alt_response(403, schema=ErrorOut, description=_MANY[403])
@bp.alt_response(404, schema=ErrorOut, description=_MANY[404])
@bp.alt_response(409, schema=ErrorOut, description=_MANY[409])
def admit_again(user_id: UUID) -> None:
    """Open a suspended account again."""
    with transaction():
        accounts.admit_again(user_id=user_id, by=caller(), at=clock.now())


@bp.post("/<uuid:user_id>/recovery")
@requires(*GIVERS)
@with_factor
@bp.response(202, ProposalOut)
@bp.alt_response(403, schema=ErrorOut, description=_MANY[403])
@bp.alt_response(404, schema=ErrorOut, description=_MANY[404])
@bp.alt_response(409, schema=ErrorOut, description=_MANY[409])
def recover(user_id: UUID) -> ShownProposal:
    """Ask that somebody may set password and factor anew; the security administrator confirms."""
    who = caller()
    with transaction():
        return shown(service.ask_recovery(user_id=user_id, by=who, at=clock.now()), who)


@bp.post("/<uuid:user_id>/leaving")
@requires(*GIVERS)
@with_factor
@bp.response(200, LeavingOut)
@bp.alt_response(403, schema=ErrorOut, description=_MANY[403])
@bp.alt_response(404, schema=ErrorOut, description=_MANY[404])
@bp.alt_response(409, schema=ErrorOut, description=_MANY[409])
def leave(user_id: UUID) -> service.Leaving:
    """End the offices of somebody who leaves, their account, sessions and secrets."""
    with transaction():
        return service.leave(user_id=user_id, by=caller(), at=clock.now())
