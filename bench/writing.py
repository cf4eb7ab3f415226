"""A writer of the torture: posts awards, repeating each until it is acknowledged."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from multiprocessing import SimpleQueue
from multiprocessing.sharedctypes import Synchronized

from sqlalchemy.exc import DBAPIError

from app.config import Settings
from app.kernel.db import db, transaction
from app.points import ledger
from bench.ground import COUNTY, household, village
from operations.factory import create_app

BATCH = 10
BATCH_EVERY = 5  # every fifth step is a batch of ten
HOUSEHOLDS = 200
POINTS = 3
PATIENCE_SECONDS = 180
PAUSE_SECONDS = 0.05


@dataclass
class Told:
    """What a writer knows at its end."""

    acknowledged: list[str] = field(default_factory=list)
    repeats: int = 0
    met_first_outcome: int = 0  # repeats that found what a lost acknowledgement had done
    problem: str = ""


def write(
    settings: Settings,
    writer: int,
    posts: int,
    at: datetime,
    done: "Synchronized[int]",
    outbox: "SimpleQueue[Told]",
) -> None:
    """Post ``posts`` awards from the writer's village, some alone, some in batches."""
    told = Told()
    app = create_app(settings)
    try:
        with app.app_context():
            for awards in _steps(writer, posts, at):
                _insist(partial(_post, writer, awards), told)
                told.acknowledged += [award.reference for award in awards]
                with done.get_lock():
                    done.value += len(awards)
    except Exception as problem:
        told.problem = f"writer {writer}: {problem!r}"
    outbox.put(told)


def _steps(writer: int, posts: int, at: datetime) -> list[list[ledger.Award]]:
    awards = [
        ledger.Award(
            f"torture:{writer}:{n}", at, household((writer * 7 + n) % HOUSEHOLDS), None, POINTS
        )
        for n in range(posts)
    ]
    steps: list[list[ledger.Award]] = []
    while awards:
        size = BATCH if len(steps) % BATCH_EVERY == 0 else 1
        steps.append(awards[:size])
        awards = awards[size:]
    return steps


def _insist(command: Callable[[], bool], told: Told) -> None:
    """Run a command until it is acknowledged; its refusals are not expected and go up."""
    deadline, tries = time.monotonic() + PATIENCE_SECONDS, 0
    while True:
        tries += 1
        try:
            with transaction():
                is_replay = command()
        except DBAPIError as error:
            # The connection is gone, or the server says that it is going or coming.
            sqlstate = getattr(error.orig, "sqlstate", None) or "08000"
            if sqlstate[:2] not in {"08", "57"} or time.monotonic() > deadline:
                raise
            db.session.remove()
            time.sleep(PAUSE_SECONDS)
            continue
        told.repeats += tries - 1
        told.met_first_outcome += is_replay
        assert tries > 1 or not is_replay, "a first try cannot be a repeat"
        return


def _post(writer: int, awards: list[ledger.Award]) -> bool:
    """Post them; whether they had been posted before."""
    if len(awards) > 1:
        batch = ledger.award_many(county_id=COUNTY, village_id=village(writer), awards=awards)
        assert batch.posted in {0, len(awards)}, "a batch is all or none"
        return batch.posted == 0
    (award,) = awards
    return ledger.post(
        county_id=COUNTY,
        reference=award.reference,
        decided_at=award.decided_at,
        kind=ledger.TransferKind.AWARD,
        debit=ledger.village_budget(village(writer)),
        credit=ledger.household(award.household_id, award.expires_on),
        amount=award.amount,
    ).is_replay
