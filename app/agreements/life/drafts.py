"""What is asked of a household's life, as a proposal keeps it, and the change that it means."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from app.agreements.proposals import Proposal, secrets
from app.register.households.life import Change, ChangeKind, Line, Seen
from app.register.households.life.changing import Newcomer


@dataclass(frozen=True)
class Asked:
    """A change as somebody asks for it."""

    county_id: int
    kind: ChangeKind
    household_id: UUID
    other_id: UUID | None
    facts: Mapping[str, Any]
    document: Seen
    newcomer: Newcomer | None = None

    def change(self, *, by: UUID, id_: UUID, at: datetime) -> Change:
        """As it would be done now, for a dry run."""
        return Change(
            county_id=self.county_id,
            id=id_,
            kind=self.kind,
            household_id=self.household_id,
            other_id=self.other_id,
            facts=self.facts,
            document=self.document,
            asked_by=by,
            agreed_by=None,
            at=at,
            newcomer=self.newcomer,
        )

    def content(self, lines: Sequence[Line], at: datetime) -> dict[str, Any]:
        """What a proposal keeps of it: ids, numbers and sentences without names."""
        secret = None
        if self.newcomer is not None:
            written = json.dumps(asdict(self.newcomer))
            secret = secrets.keep(written, county_id=self.county_id, at=at)
        return {
            "kind": str(self.kind),
            "household_id": str(self.household_id),
            "other_id": str(self.other_id) if self.other_id else None,
            "facts": dict(self.facts),
            "document": str(self.document),
            "newcomer": secret,
            "lines": [[line.area, line.text] for line in lines],
        }


def meant(proposal: Proposal, at: datetime) -> Change:
    """The change that a proposal means, as it is done at a moment.

    Raises:
        proposals.Forgotten: the name it needs is kept no longer.
    """
    content = proposal.content
    newcomer = None
    if content["newcomer"] is not None:
        newcomer = Newcomer(**json.loads(secrets.needed(proposal.county_id, content["newcomer"])))
    return Change(
        county_id=proposal.county_id,
        id=proposal.id,
        kind=ChangeKind(content["kind"]),
        household_id=UUID(content["household_id"]),
        other_id=UUID(content["other_id"]) if content["other_id"] else None,
        facts=content["facts"],
        document=Seen(content["document"]),
        asked_by=proposal.proposed_by,
        agreed_by=proposal.decided_by,
        at=at,
        proposal_id=proposal.id,
        newcomer=newcomer,
    )
