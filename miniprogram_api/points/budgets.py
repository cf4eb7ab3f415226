"""How far the villages' money reaches."""

from typing import Any

from flask_smorest import Blueprint

from app.kernel import clock
from app.points.budgets import queries
from app.register.identity.roles import Role
from app.web.auth import caller, requires
from miniprogram_api.points.budgets_bodies import BudgetListOut

bp = Blueprint("budgets", __name__, description="积分预算")
READERS = (
    Role.FINANCE,
    Role.COUNTY_ADMIN,
    Role.TOWN_ADMIN,
    Role.VILLAGE_ADMIN,
    Role.AUDITOR,
)


@bp.get("")
@requires(*READERS)
@bp.response(200, BudgetListOut)
def budgets() -> dict[str, Any]:
    """The budgets of the villages in the caller's area: used, left, waiting, and for how long."""
    who = caller()
    return {"items": queries.budgets(who.county_id, who.places(*READERS), at=clock.now())}
