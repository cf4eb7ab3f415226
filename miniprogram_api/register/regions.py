"""Counties and the places in them."""

from collections.abc import Sequence
from typing import Any

from flask import Response, make_response
from flask_smorest import Blueprint

from app.agreements.places.service import propose_place
from app.agreements.proposals.queries import shown
from app.kernel import clock
from app.kernel.db import transaction
from app.register.identity.roles import Role
from app.register.regions import queries
from app.register.regions.models import County, Region
from app.web.api import ErrorOut
from app.web.auth import caller, public, requires
from miniprogram_api.agreements.proposals_bodies import ProposalOut
from miniprogram_api.register.me_bodies import CountyOut
from miniprogram_api.register.regions_bodies import RegionIn, RegionOut, RegionsArgs

bp = Blueprint("regions", __name__, description="区县、镇、村、组")


@bp.get("/counties")
@public
@bp.response(200, CountyOut(many=True))
def counties() -> Sequence[County]:
    """The counties that this installation serves, for a newcomer to choose from."""
    return queries.counties()


@bp.get("")
@requires(Role.VISITOR)
@bp.arguments(RegionsArgs, location="query")
@bp.response(200, RegionOut(many=True))
def regions(args: dict[str, Any]) -> Sequence[Region]:
    """The places of the caller's county: all of them, or what lies in one."""
    if args["parent_id"] is None:
        return queries.tree(caller().county_id)
    return queries.children(caller().county_id, args["parent_id"])


@bp.post("")
@requires(Role.COUNTY_ADMIN)
@bp.arguments(RegionIn)
@bp.response(202, ProposalOut)
@bp.alt_response(404, schema=ErrorOut, description="No such parent in the caller's county")
@bp.alt_response(409, schema=ErrorOut, description="The parent holds one of this name")
@bp.alt_response(422, schema=ErrorOut, description="Nothing lies inside a group")
def add_region(body: dict[str, Any]) -> Response:
    """Propose a town, a village or a group, one level below its parent: another agrees."""
    who = caller()
    with transaction():
        proposal = propose_place(by=who, at=clock.now(), **body)
        return make_response(ProposalOut().dump(shown(proposal, who)), 202)
