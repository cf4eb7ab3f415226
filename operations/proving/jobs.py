"""The nightly proof."""

import structlog

from app.kernel import clock
from app.kernel.db import snapshot
from app.kernel.jobs import sweep
from app.kernel.signing import signer
from operations.proving import outcome
from operations.proving.service import prove

log = structlog.get_logger(__name__)

TIMEOUT_SECONDS = 4 * 3600


@sweep("30 2 * * *", timeout_seconds=TIMEOUT_SECONDS)
def prove_everything() -> None:
    """Recompute the whole ledger; ring for every invariant that does not hold."""
    with snapshot() as connection:
        proof = prove(connection, public_keys=signer().known)
    outcome.remember(proof, clock.now())
    for finding in proof.findings[:100]:
        log.error(
            "ledger.lie",
            check=finding.check,
            county_id=finding.county_id,
            subject=finding.subject,
            problem=finding.problem,
        )
    log.info("ledger.proved", transfers=proof.transfers, lies=len(proof.findings))
