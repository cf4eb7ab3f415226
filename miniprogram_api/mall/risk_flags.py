"""Odd patterns at shops, for the county to look at."""

from typing import Any
from uuid import UUID

from flask_smorest import Blueprint

from app.kernel import clock
from app.register.identity.roles import Role
from app.web.api import ErrorOut
from app.web.auth import caller, requires
from app.web.idempotency import idempotent
from app.web.paging import page, wanted
from mall.risk import queries, service
from miniprogram_api.mall.risk_flags_bodies import (
    JudgementIn,
    RiskFlagArgs,
    RiskFlagOut,
    RiskFlagPage,
)

bp = Blueprint("risk_flags", __name__, description="风险提示")


@bp.get("")
@requires(*service.JUDGES, Role.AUDITOR)
@bp.arguments(RiskFlagArgs, location="query")
@bp.response(200, RiskFlagPage)
def flags(args: dict[str, Any]) -> dict[str, Any]:
    """The flags on shops in the caller's area, newest first."""
    who = caller()
    rows = queries.flags(
        who.county_id,
        who.places(*service.JUDGES, Role.AUDITOR),
        is_open=args.pop("is_open"),
        wanted=wanted(args),
    )
    return page(rows, args["limit"])


@bp.post("/<uuid:flag_id>/judgement")
@requires(*service.JUDGES)
@idempotent
@bp.arguments(JudgementIn)
@bp.response(200, RiskFlagOut)
@bp.alt_response(403, schema=ErrorOut, description="The caller serves at the shop")
@bp.alt_response(404, schema=ErrorOut, description="Not in the caller's area")
@bp.alt_response(409, schema=ErrorOut, description="Judged already")
def judge(body: dict[str, Any], flag_id: UUID) -> queries.ShownFlag:
    """Write down what was found out; the shop's cash-outs no longer wait for it."""
    service.judge(flag_id=flag_id, by=caller(), at=clock.now(), **body)
    return queries.flag(caller().county_id, flag_id)
