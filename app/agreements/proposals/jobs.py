"""What is agreed begins; what is forgotten lapses; what is personal ends."""

from collections.abc import Callable
from uuid import UUID

import structlog

from app.agreements.proposals import carrying, queries, secrets
from app.kernel import clock
from app.kernel.db import reading, transaction
from app.kernel.jobs import BANK_QUEUE, sweep

log = structlog.get_logger(__name__)

AT_ONCE = 500


@sweep("* * * * *")
def begin_coming() -> None:
    """Do what was agreed and whose cool-off is over, each in a transaction of its own."""
    _begin(by_bank=False)


@sweep("* * * * *", queue=BANK_QUEUE)
def begin_what_is_the_banks() -> None:
    """Do what was agreed about the bank's word; asked for at each approval too."""
    _begin(by_bank=True)


@sweep("*/10 * * * *")
def lapse_forgotten() -> None:
    """End what nobody decided in seven days."""
    at = clock.now()
    with reading():
        found = queries.forgotten(at, AT_ONCE)
    _each(found, lambda county, one: carrying.lapse(county_id=county, proposal_id=one, at=at))


@sweep("10 4 * * *")
def forget_secrets() -> None:
    """Delete the names and numbers of proposals that were made sixty days ago."""
    with transaction():
        secrets.forget(before=clock.now() - secrets.KEPT_FOR)


def _begin(*, by_bank: bool) -> None:
    at = clock.now()
    with reading():
        found = queries.coming(at, AT_ONCE, by_bank=by_bank)
    _each(found, lambda county, one: carrying.begin(county_id=county, proposal_id=one, at=at))


def _each(found: list[tuple[int, UUID]], work: Callable[[int, UUID], None]) -> None:
    """One that breaks stops none of the others; it is tried again, and rings meanwhile."""
    for county_id, proposal_id in found:
        try:
            with transaction():
                work(county_id, proposal_id)
        except Exception as error:  # an edge: whatever a kind's own work raises
            log.exception(
                "proposals.broke", proposal_id=str(proposal_id), error=type(error).__name__
            )
