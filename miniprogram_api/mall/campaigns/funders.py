"""Organisations that pay for campaigns."""

from typing import Any

from flask_smorest import Blueprint

from app.kernel import clock
from app.kernel.db import transaction
from app.register.identity.roles import Role
from app.web.api import ErrorOut
from app.web.auth import caller, requires
from app.web.paging import PageArgs, page
from mall.campaigns import funding, queries
from mall.campaigns.models import Funder
from miniprogram_api.mall.campaigns.campaigns_bodies import FunderIn, FunderOut, FunderPage

bp = Blueprint("funders", __name__, description="出资单位")


@bp.get("")
@requires(Role.FINANCE, Role.COUNTY_ADMIN, Role.AUDITOR)
@bp.arguments(PageArgs, location="query")
@bp.response(200, FunderPage)
def funders(args: dict[str, Any]) -> dict[str, Any]:
    """The funders of the county and what each still has, newest first."""
    return page(queries.funders(caller().county_id, **args), args["limit"])


@bp.post("")
@requires(Role.FINANCE, Role.COUNTY_ADMIN)
@bp.arguments(FunderIn)
@bp.response(201, FunderOut)
@bp.alt_response(409, schema=ErrorOut, description="There is one of this name")
def enter(body: dict[str, Any]) -> Funder:
    """Enter a funder. It has nothing until a funding is approved."""
    who = caller()
    with transaction():
        return funding.enter_funder(
            county_id=who.county_id, entered_by=who.user_id, at=clock.now(), **body
        )
