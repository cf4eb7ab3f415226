"""Telling people that a village's money runs low."""

from datetime import datetime

import structlog

from app.messages import notices
from app.points.budgets.notices import BUDGET_LOW
from app.points.budgets.queries import Budget, budgets
from app.register.identity.roles import Role
from app.register.regions import queries as regions

log = structlog.get_logger(__name__)

TOLD = (Role.VILLAGE_ADMIN, Role.FINANCE)


def warn(*, county_id: int, at: datetime) -> int:
    """Tell the village's administrators and finance of each budget that is used to 80 %.

    Once for each level: a new allotment makes a new one. Returns how many notices are new.
    """
    low = [
        budget
        for budget in budgets(county_id, [regions.root(county_id).id], at=at)
        if budget.is_low
    ]
    return sum(_tell(county_id, budget, at) for budget in low)


def _tell(county_id: int, budget: Budget, at: datetime) -> int:
    details = {
        "level_fen": budget.level_fen,
        "left_fen": budget.left_fen,
        "used_percent": budget.used_percent,
    }
    told = notices.tell(
        BUDGET_LOW,
        [
            notices.ToOfficials(
                role=role,
                region_id=budget.village_id,
                topic=str(budget.newest_allotment),
                details=details,
            )
            for role in TOLD
        ],
        county_id=county_id,
        at=at,
    )
    if told:
        log.warning("budgets.low", village_id=str(budget.village_id), **details)
    return told
