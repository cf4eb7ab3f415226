"""Background work of redemption."""

from app.kernel import clock
from app.kernel.db import transaction
from app.kernel.jobs import sweep
from mall.redemption import service as redemption


@sweep("40 3 * * *")
def forget_old_codes() -> None:
    """Remove yesterday's unused codes."""
    with transaction():
        redemption.forget_old_codes(at=clock.now())


@sweep("* * * * *")
def lapse_payments() -> None:
    """Close payments that nobody answered. They could not be paid any more; now they say so."""
    with transaction():
        redemption.lapse(at=clock.now())
