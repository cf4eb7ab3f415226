"""How far the villages' money reaches."""

from typing import Any

from flask_smorest import Blueprint

from app.budgets import queries
from app.identity.roles import Role
from app.kernel import clock
from app.web.auth import actor, requires
from miniprogram_api.schemas.budgets import BudgetListOut

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
    who = actor()
    return {"items": queries.budgets(who.county_id, who.places(*READERS), at=clock.now())}
