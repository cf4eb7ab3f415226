"""The code on a resident's phone that pays at a shop."""

from flask_smorest import Blueprint

from app.kernel import clock
from app.kernel.db import transaction
from app.register.identity.roles import Role
from app.web.api import ErrorOut
from app.web.auth import caller, requires
from mall.redemption import queries
from mall.redemption import service as redemption
from miniprogram_api.mall.redemption.pay_codes_bodies import PayCodeOut, PayCodeStatusOut

bp = Blueprint("pay_codes", __name__, description="付款码")


@bp.post("")
@requires(Role.RESIDENT)
@bp.response(201, PayCodeOut)
@bp.alt_response(429, schema=ErrorOut, description="Asked for again and again at once")
def issue() -> redemption.IssuedCode:
    """A code that pays once within a minute; the caller's earlier code ends."""
    who = caller()
    with transaction():
        return redemption.issue(
            county_id=who.county_id,
            household_id=who.household(),
            user_id=who.user_id,
            at=clock.now(),
        )


@bp.get("/current")
@requires(Role.RESIDENT)
@bp.response(200, PayCodeStatusOut)
@bp.alt_response(404, schema=ErrorOut, description="The caller has asked for no code lately")
def current() -> queries.CodeStatus:
    """What became of the caller's newest code: waiting, paid (where, how much) or expired."""
    return queries.code_status(caller().county_id, caller().user_id, at=clock.now())
