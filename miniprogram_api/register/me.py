"""The caller: name, roles, county, household."""

from typing import Any

from flask_smorest import Blueprint

from app.kernel import clock
from app.register.households import queries as households
from app.register.identity import queries as identity
from app.register.identity.roles import Role
from app.web.auth import caller, requires
from miniprogram_api.register.me_bodies import HouseholdTodayOut, MeOut, OwnMembersOut, WorkListOut
from overviews.people import grants as people
from overviews.people import work as works
from overviews.residents import today as days

bp = Blueprint("me", __name__, description="我")


@bp.get("/today")
@requires(Role.RESIDENT)
@bp.response(200, HouseholdTodayOut)
def today() -> days.Today:
    """The day of the caller's household: points, what was done today, and what waits."""
    who = caller()
    return days.today(
        county_id=who.county_id,
        household_id=who.household(),
        user_id=who.user_id,
        at=clock.now(),
    )


@bp.get("/work")
@requires(Role.VISITOR)
@bp.response(200, WorkListOut)
def work() -> dict[str, Any]:
    """How much waits for the caller in each of their roles, and what is next."""
    return {"items": works.work(caller(), at=clock.now())}


@bp.get("/household/members")
@requires(Role.RESIDENT)
@bp.response(200, OwnMembersOut)
def members() -> dict[str, Any]:
    """The members of the caller's household, and by which phones they act for it.

    Its head may end a binding of another: `DELETE /bindings/{binding_id}`.
    """
    who = caller()
    found = households.members_of(who.household())
    return {
        "is_head": any(one.is_head and one.id == who.member_id for one in found),
        "items": found,
    }


@bp.get("")
@requires(Role.VISITOR)
@bp.response(200, MeOut)
def me() -> dict[str, Any]:
    """Who the caller is and what they may do."""
    who = caller()
    profile, bound = identity.profile(who.user_id), households.bound_as(who.user_id)
    return {
        "user_id": who.user_id,
        "name": bound.member_name if bound else profile.name,
        "roles": sorted(who.roles),
        "grants": people.grants_with_places(who.grants),
        "county": {"id": who.county_id, "name": profile.county},
        "binding_id": bound.binding_id if bound else None,
        "household": bound.household if bound else None,
    }
