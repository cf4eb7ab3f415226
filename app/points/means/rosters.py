"""Importing a roster: what could take a household's points, or invent one, waits for another.

The register writes the rows; what one of them would change of a household that has something to
lose is known here.
"""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from typing import IO
from uuid import UUID

from app.agreements.proposals import Draft, propose, secrets
from app.agreements.proposals.queries import open_at, pending
from app.kernel.ids import uuid7
from app.points.means.proposals import (
    NEW_HOUSEHOLDS,
    ROSTER_HEAD,
    its_yes,
    written_heads,
    written_households,
)
from app.points.means.worth import with_something_to_lose
from app.register.households import roster
from app.register.households.roster import held
from app.register.households.roster.importing import UNWATCHED
from app.register.identity.caller import Caller
from app.register.identity.errors import NobodyNamed


def import_roster(
    file: IO[bytes],
    *,
    county_id: int,
    by: Caller | None,
    is_dry_run: bool,
    at: datetime,
    watch: roster.Watch = UNWATCHED,
) -> roster.Outcome:
    """Import a roster as ``roster.import_roster`` does, and propose what one person does not write.

    Another name, phone or person as the head of a household with a phone, a card or points: to that
    household, or an administrator above the village. New households of a village that has begun: to
    another administrator, all of one import together. What is proposed already is not again.

    Raises:
        NobodyNamed: something must be proposed, and ``by`` is nobody.
        what ``roster.import_roster`` and ``proposals.propose`` do.
    """
    imported = roster.import_roster(
        file,
        county_id=county_id,
        by=by,
        is_dry_run=is_dry_run,
        at=at,
        with_something_to_lose=lambda ids: with_something_to_lose(county_id, ids, at),
        watch=watch,
    )
    if imported.held and not is_dry_run:
        if by is None:
            raise NobodyNamed()
        _propose_heads(imported.held.heads, by, at)
        _propose_households(imported.held.households, by, at)
    return imported.outcome


def _propose_heads(heads: Collection[roster.HeldHead], by: Caller, at: datetime) -> None:
    waiting = pending(by.county_id, ROSTER_HEAD.name, [one.household_id for one in heads])
    for one in heads:
        proposed, indexes = waiting.get(str(one.household_id)), one.head.indexes()
        if proposed is not None and proposed.content["indexes"] == indexes:
            continue
        heads_now = written_heads(held.head_as_written(one.household_id), one.head)
        draft = Draft(
            region_id=one.village_id,
            subject=("household", one.household_id),
            content={
                "household_id": str(one.household_id),
                "indexes": indexes,
                "heads": secrets.keep(heads_now, county_id=by.county_id, at=at),
            },
            seconds=its_yes(one.household_id),
        )
        propose(ROSTER_HEAD, draft, by=by, at=at)


def _propose_households(
    households: Collection[roster.HeldHousehold], by: Caller, at: datetime
) -> None:
    villages: defaultdict[UUID, list[roster.HeldHousehold]] = defaultdict(list)
    for one in households:
        villages[one.village_id].append(one)
    proposed = {
        index
        for proposal in open_at(by.county_id, NEW_HOUSEHOLDS.name, villages)
        for index in proposal.content["indexes"]
    }
    for village_id, found in villages.items():
        wanted = [one for one in found if one.index not in proposed]
        if not wanted:
            continue
        text = written_households(wanted)
        draft = Draft(
            region_id=village_id,
            # Each import is a subject of its own: a later one does not take its place.
            subject=("roster", uuid7(at)),
            content={
                "indexes": [one.index for one in wanted],
                "households": secrets.keep(text, county_id=by.county_id, at=at),
            },
        )
        propose(NEW_HOUSEHOLDS, draft, by=by, at=at)
