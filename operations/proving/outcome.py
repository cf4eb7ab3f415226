"""What the last nightly proof found, left in Valkey.

The proof runs in a worker, whose figures nobody scrapes. When its outcome is lost the figures are
absent until the next night, which an alarm on absence notices.
"""

import json
from dataclasses import asdict, dataclass
from datetime import datetime

from app.kernel import jobs
from app.points import ledger

KEY = "proof:last"


@dataclass(frozen=True)
class Outcome:
    """When a proof ended, in seconds since 1970, and how many lies each check found."""

    at: float
    checks: dict[str, int]


def remember(proof: ledger.Proof, at: datetime) -> None:
    jobs.redis().set(KEY, json.dumps(asdict(Outcome(at.timestamp(), proof.checks))))


def last() -> Outcome | None:
    kept = jobs.redis().get(KEY)
    return Outcome(**json.loads(kept)) if isinstance(kept, bytes | str) else None
