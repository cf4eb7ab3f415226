"""Who holds which role where."""

from typing import Any
from uuid import UUID

from flask_smorest import Blueprint

from app.kernel import clock
from app.kernel.db import transaction
from app.register.identity import grants, queries, service
from app.register.identity.roles import Role
from app.web.api import ErrorOut
from app.web.auth import caller, requires
from app.web.paging import page, wanted
from miniprogram_api.register.role_grants_bodies import (
    RoleGrantIn,
    RoleGrantOut,
    RoleGrantPage,
    RoleGrantsArgs,
)

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
@bp.response(201, RoleGrantOut)
@bp.alt_response(403, schema=ErrorOut, description="The caller may not grant this role there")
@bp.alt_response(404, schema=ErrorOut, description="No such region in the caller's county")
@bp.alt_response(422, schema=ErrorOut, description="The role is not held at such a place")
def grant_role(body: dict[str, Any]) -> queries.GrantRow:
    """Give a role to whoever has this phone; they must sign in again."""
    who, at, place = caller(), clock.now(), {k: body.pop(k) for k in ("role", "place_id")}
    with transaction():
        user = service.enrol_staff(county_id=who.county_id, actor_id=who.user_id, at=at, **body)
        grant = grants.grant_role(county_id=who.county_id, user_id=user.id, by=who, at=at, **place)
        return queries.grant_row(grant.id)


@bp.delete("/<uuid:grant_id>")
@requires(*ADMINISTRATORS)
@bp.response(204)
@bp.alt_response(403, schema=ErrorOut, description="The caller may not revoke this role there")
@bp.alt_response(404, schema=ErrorOut, description="No such grant in force")
def revoke_role(grant_id: UUID) -> None:
    """Take a role back; every token of its holder ends at once."""
    with transaction():
        grants.revoke_role(
            county_id=caller().county_id, grant_id=grant_id, by=caller(), at=clock.now()
        )
