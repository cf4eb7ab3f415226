"""Paying awards that waited for their village's budget."""

from uuid import UUID

import structlog

from app import ledger
from app.awards import queries, service
from app.kernel import clock
from app.kernel.db import transaction
from app.kernel.jobs import sweep

log = structlog.get_logger(__name__)

PAID_A_RUN_MAX = 2_000


@sweep("*/5 * * * *")
def pay_waiting() -> None:
    """Pay what waits, oldest first in each village, until its budget is used up again."""
    with transaction():
        villages = queries.villages_waiting()
    for county_id, village_id in villages:
        _pay_village(county_id, village_id)


def _pay_village(county_id: int, village_id: UUID) -> None:
    with transaction():
        waiting = queries.waiting_in(county_id, village_id, limit=PAID_A_RUN_MAX)
    for award_id in waiting:
        try:
            with transaction():
                service.pay(county_id=county_id, award_id=award_id, at=clock.now())
        except ledger.InsufficientPoints as refusal:
            log.warning("awards.budget_used_up", village_id=str(village_id), **refusal.details)
            return
        except ledger.AccountFrozen:
            continue  # the household's own account: the others need not wait for it
