"""Entering that two households do not judge each other, and proposing its end."""

from datetime import datetime
from uuid import UUID

from app.agreements.proposals import Draft, Proposal, propose
from app.agreements.relations.notices import HOUSEHOLDS_RELATED
from app.agreements.relations.proposals import RELATION_END
from app.messages import notices
from app.register.households import relations
from app.register.households.models import RelationKind
from app.register.identity.caller import Caller


def relate(
    *, household_id: UUID, other_id: UUID, kind: RelationKind, by: Caller, at: datetime
) -> UUID:
    """Enter it alone, for it bars and opens nothing; both households are told.

    Returns the id of the entry. Raises what ``relations.relate`` does.
    """
    entered = relations.relate(
        household_id=household_id, other_id=other_id, kind=kind, by=by, at=at
    )
    said = [
        notices.ToHousehold(home, str(entered), {"kind": str(kind)}, act_of=by.user_id)
        for home in (household_id, other_id)
    ]
    notices.tell(HOUSEHOLDS_RELATED, said, county_id=by.county_id, at=at)
    return entered


def end_relation(*, relation_id: UUID, by: Caller, at: datetime) -> Proposal:
    """Propose that it ends, to another administrator; judging goes by it for a year even so.

    Raises:
        RelationNotFound: none in force in an area where ``by`` works.
        SameHousehold, Related: it is of their own household.
        ProposedAlready: somebody else has.
    """
    pair = relations.in_force(relation_id=relation_id, by=by)
    draft = Draft(
        region_id=pair.village_id,
        subject=("household_relation", relation_id),
        content={"households": [str(one) for one in pair.households], "kind": str(pair.kind)},
    )
    return propose(RELATION_END, draft, by=by, at=at)
