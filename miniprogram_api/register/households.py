"""The roster as staff look at it."""

from dataclasses import fields
from typing import Any
from uuid import UUID

from flask_smorest import Blueprint

from app.kernel import clock
from app.kernel.db import transaction
from app.register.cards import queries as cards
from app.register.households import queries
from app.register.households.errors import HouseholdNotFound
from app.register.identity.roles import Role
from app.register.looks import service as looks
from app.register.looks.models import Looked
from app.web.api import ErrorOut
from app.web.auth import caller, requires
from app.web.paging import page, wanted
from miniprogram_api.register.household_overviews_bodies import HouseholdOverviewOut
from miniprogram_api.register.households_bodies import (
    FindArgs,
    FoundHouseholdPage,
    HouseholdPage,
    HouseholdsArgs,
    HouseholdWithMembersOut,
)
from overviews.places import household as overviews

bp = Blueprint("households", __name__, description="住户")
# Who check households, or buy of them, in their places.
AT_WORK = (Role.BOOTH_KEEPER, Role.COLLECTOR, Role.RECYCLER_AGENT)
WHICH = tuple(field.name for field in fields(queries.Which))
STAFF = (Role.GROUP_LEADER, Role.VILLAGE_ADMIN, Role.TOWN_ADMIN, Role.COUNTY_ADMIN)


@bp.get("")
@requires(*STAFF)
@bp.arguments(HouseholdsArgs, location="query")
@bp.response(200, HouseholdPage)
def households(args: dict[str, Any]) -> dict[str, Any]:
    """The households of the caller's areas, newest first."""
    which = queries.Which(**{name: args.pop(name) for name in WHICH})
    has_card = args.pop("has_card")
    also = [] if has_card is None else [cards.has_card(caller().county_id, has_card)]
    rows = queries.households(caller().places(*STAFF), wanted(args), which, *also)
    return page(rows, args["limit"])


@bp.get("/find")
@requires(*AT_WORK)
@bp.arguments(FindArgs, location="query")
@bp.response(200, FoundHouseholdPage)
@bp.alt_response(404, schema=ErrorOut, description="No such card")
def find(args: dict[str, Any]) -> dict[str, Any]:
    """Households where the caller works, by door or by their card, but not their own."""
    who = caller()
    door, card = args.pop("door"), args.pop("card")
    rows = queries.found(
        who.county_id,
        who.places(*AT_WORK),
        which=queries.by_id(cards.household_of(who.county_id, card))
        if card
        else queries.by_door(door),
        not_household_id=who.household_id,
        **args,
    )
    return page(rows, args["limit"])


@bp.get("/<uuid:household_id>")
@requires(*STAFF)
@bp.response(200, HouseholdWithMembersOut)
@bp.alt_response(404, schema=ErrorOut, description="Not in an area of the caller")
def household(household_id: UUID) -> queries.HouseholdWithMembers:
    """A household with its members, phones and ID numbers masked."""
    found = queries.household_inside(household_id, caller().places(*STAFF))
    if found is None:
        raise HouseholdNotFound()
    return found


@bp.get("/<uuid:household_id>/overview")
@requires(*STAFF)
@bp.response(200, HouseholdOverviewOut)
@bp.alt_response(404, schema=ErrorOut, description="Not in an area of the caller")
def overview(household_id: UUID) -> overviews.Overview:
    """One household whole: members, points, month, card, care, photos. The trace has the look."""
    who, at = caller(), clock.now()
    with transaction():
        found = overviews.overview(who.county_id, household_id, places=who.places(*STAFF), at=at)
        looks.note(Looked.HOUSEHOLD, [household_id], by=who, at=at)
    return found
