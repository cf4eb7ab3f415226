"""Paying awards that waited for their village's budget."""

from collections.abc import Sequence
from uuid import UUID

import structlog

from app.kernel import clock
from app.kernel.db import transaction
from app.kernel.jobs import sweep
from app.points import ledger
from app.points.awards import queries, service

log = structlog.get_logger(__name__)

PAID_A_RUN_MAX = 2_000
PAID_AT_ONCE = 200


@sweep("*/5 * * * *")
def pay_waiting() -> None:
    """Pay what waits, oldest first in each village, until its budget is used up again."""
    with transaction():
        villages = queries.villages_waiting(clock.day_of(clock.now()))
    for county_id, village_id in villages:
        _pay_village(county_id, village_id)


def _pay_village(county_id: int, village_id: UUID) -> None:
    with transaction():
        waiting = queries.waiting_in(
            county_id, village_id, day=clock.day_of(clock.now()), limit=PAID_A_RUN_MAX
        )
    for start in range(0, len(waiting), PAID_AT_ONCE):
        some = waiting[start : start + PAID_AT_ONCE]
        if not _paid_together(county_id, village_id, some) and not _paid_singly(
            county_id, village_id, some
        ):
            return


def _paid_together(county_id: int, village_id: UUID, award_ids: Sequence[UUID]) -> bool:
    """Pay them in one movement; false when some are left for another way."""
    try:
        with transaction():
            paid = service.pay_many(
                county_id=county_id, village_id=village_id, award_ids=award_ids, at=clock.now()
            )
    except (ledger.InsufficientPoints, ledger.AccountFrozen):
        return False
    return paid == len(award_ids)


def _paid_singly(county_id: int, village_id: UUID, award_ids: Sequence[UUID]) -> bool:
    """Pay them one by one, so that one that cannot be paid stops no other.

    False when the village's budget is used up.
    """
    for award_id in award_ids:
        try:
            with transaction():
                service.pay(county_id=county_id, award_id=award_id, at=clock.now())
        except ledger.InsufficientPoints as refusal:
            log.warning("awards.budget_used_up", village_id=str(village_id), **refusal.details)
            return False
        except ledger.AccountFrozen:
            continue  # the household's own account: the others need not wait for it
    return True
