"""Entering that two households do not judge each other, and proposing its end."""

from datetime import datetime
from uuid import UUID

from app.agreements.proposals import Draft, Proposal, Whoever, propose
from app.agreements.relations.entering import enter
from app.agreements.relations.proposals import RELATION, RELATION_END
from app.register.households import relations
from app.register.households.models import RelationKind
from app.register.households.service import WORKERS
from app.register.identity.caller import Caller


def relate(
    *, household_id: UUID, other_id: UUID, kind: RelationKind, by: Caller, at: datetime
) -> UUID | Proposal:
    """Enter it alone, for it bars and opens nothing; both households are told.

    Where one of them is that of somebody who decides, it would choose who does not decide: it is
    proposed, and either household, or another official, says yes. Returns the id of the entry, or
    the proposal. Raises what ``relations.village_of`` and ``propose`` do.
    """
    pair = (household_id, other_id)
    village_id = relations.village_of(household_id=household_id, other_id=other_id, by=by)
    if relations.of_deciders(by.county_id, pair):
        draft = Draft(
            region_id=village_id,
            subject=("household_pair", "/".join(sorted(str(one) for one in pair))),
            content={"households": sorted(str(one) for one in pair), "kind": str(kind)},
            seconds=(Whoever(roles=WORKERS, households=pair),),
        )
        return propose(RELATION, draft, by=by, at=at)
    return enter(pair, kind, county_id=by.county_id, by=by.user_id, at=at)


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
