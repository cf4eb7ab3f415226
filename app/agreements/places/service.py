"""Proposing places."""

from datetime import datetime
from uuid import UUID

from app.agreements.places.proposals import NEW_PLACE
from app.agreements.proposals import Draft, Proposal, propose
from app.kernel import texts
from app.register.identity.caller import Caller
from app.register.regions import service


def propose_place(*, parent_id: UUID, name: str, by: Caller, at: datetime) -> Proposal:
    """Propose a town, a village or a group, to another administrator of the county.

    Raises:
        RegionNotFound, NothingInsideGroup, RegionExists, BadName: it cannot be entered.
        what ``proposals.propose`` does.
    """
    name = texts.name(name)
    service.check_addable(county_id=by.county_id, parent_id=parent_id, name=name)
    draft = Draft(
        region_id=parent_id,
        # Another place is another proposal.
        subject=("place", f"{parent_id}/{name}"),
        content={"name": name},
    )
    return propose(NEW_PLACE, draft, by=by, at=at)
