"""What a proof of the ledger collects."""

from dataclasses import dataclass, field

from app.kernel.findings import Findings


@dataclass
class Proof(Findings):
    """What was recomputed, by which checks, and every lie that was found."""

    transfers: int = 0
    accounts: int = 0
    holds: int = 0
    seals: int = 0
    # County and commit of the old transfers that a proof of the recent ones builds upon.
    anchors: set[tuple[int, int]] = field(default_factory=set)
