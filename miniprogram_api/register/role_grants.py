"""Who holds which role where."""

from typing import Any
from uuid import UUID

from flask import Response, make_response
from flask_smorest import Blueprint

from app.agreements.grants import service
from app.agreements.proposals.queries import ShownProposal, shown
from app.kernel import clock
from app.kernel.db import transaction
from app.register.identity import queries
from app.register.identity.roles import Role
from app.web.api import ErrorOut
from app.web.auth import caller, requires
from app.web.paging import page, wanted
from miniprogram_api.agreements.proposals_bodies import ProposalOut
from miniprogram_api.register.role_grants_bodies import RoleGrantIn, RoleGrantPage, RoleGrantsArgs

bp = Blueprint("role_grants", __name__, description="角色授权")
ADMINISTRATORS = (Role.VILLAGE_ADMIN, Role.TOWN_ADMIN, Role.COUNTY_ADMIN)


@bp.get("")
@requires(*ADMINISTRATORS)
@bp.arguments(RoleGrantsArgs, location="query")
@bp.response(200, RoleGrantPage)
def role_grants(args: dict[str, Any]) -> dict[str, Any]:
    """The grants in force in the caller's areas, newest first."""
    narrowed = {key: args.pop(key) for key in ("region_id", "name")}
    rows = queries.grants_inside(caller().places(*ADMINISTRATORS), wanted(args), **narrowed)
    return page(rows, args["limit"])


@bp.post("")
@requires(*ADMINISTRATORS)
@bp.arguments(RoleGrantIn)
@bp.response(202, ProposalOut)
@bp.alt_response(403, schema=ErrorOut, description="Not the caller's to propose, or not apart")
@bp.alt_response(404, schema=ErrorOut, description="No such region in the caller's county")
@bp.alt_response(409, schema=ErrorOut, description="In force, or proposed by somebody else")
@bp.alt_response(422, schema=ErrorOut, description="The role is not held at such a place")
def grant_role(body: dict[str, Any]) -> ShownProposal:
    """Propose a role for whoever has this phone; another administrator confirms it."""
    who = caller()
    with transaction():
        return shown(service.propose_grant(by=who, at=clock.now(), **body), who)


@bp.delete("/<uuid:grant_id>")
@requires(*ADMINISTRATORS)
@bp.response(204)
@bp.alt_response(202, schema=ProposalOut, description="Proposed: nobody ends this role alone")
@bp.alt_response(403, schema=ErrorOut, description="The caller may not revoke this role there")
@bp.alt_response(404, schema=ErrorOut, description="No such grant in force")
@bp.alt_response(409, schema=ErrorOut, description="Proposed by somebody else")
def revoke_role(grant_id: UUID) -> Response | None:
    """Take a role back; every token of its holder ends at once.

    That of an administrator, of finance and of the auditor is proposed: another one confirms.
    """
    who = caller()
    with transaction():
        proposal = service.end_grant(grant_id=grant_id, by=who, at=clock.now())
        if proposal is None:
            return None
        return make_response(ProposalOut().dump(shown(proposal, who)), 202)
