"""The caller: name, roles, county, household."""

from typing import Any

from flask_smorest import Blueprint

from app.kernel.secrets import masked_name
from app.register.households import queries as households
from app.register.identity import queries as identity
from app.register.identity.roles import Role
from app.web.auth import caller, requires
from miniprogram_api.register.me_bodies import MeOut

bp = Blueprint("me", __name__, description="我")


@bp.get("")
@requires(Role.VISITOR)
@bp.response(200, MeOut)
def me() -> dict[str, Any]:
    """Who the caller is and what they may do."""
    who = caller()
    profile, bound = identity.profile(who.user_id), households.bound_as(who.user_id)
    name = bound.member_name if bound else profile.name
    return {
        "user_id": who.user_id,
        "name": masked_name(name) if name else None,
        "roles": sorted(who.roles),
        "grants": who.grants,
        "county": {"id": who.county_id, "name": profile.county},
        "binding_id": bound.binding_id if bound else None,
        "household": bound.household if bound else None,
    }
