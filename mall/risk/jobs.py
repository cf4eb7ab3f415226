"""The nightly look at every shop."""

import structlog

from app.kernel import clock
from app.kernel.db import transaction
from app.kernel.jobs import sweep
from app.register.regions import queries as regions
from mall.risk import service
from mall.risk.models import RiskReason

log = structlog.get_logger(__name__)


@sweep("50 1 * * *")
def look_at_shops() -> None:
    """Raise flags, a pattern and county a transaction; the next night makes up for a failed one."""
    with transaction():
        county_ids = [county.id for county in regions.counties()]
    for county_id in county_ids:
        for reason in RiskReason:
            with transaction():
                raised = service.look(county_id=county_id, reason=reason, at=clock.now())
            if raised:
                log.warning("risk.raised", county_id=county_id, reason=reason.value, count=raised)
