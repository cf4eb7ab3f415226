"""Entering a town, a village or a group: a place where nobody looks is a place for ghosts."""

from datetime import datetime

from app.agreements.proposals import Kind, Line, Proposal, Whoever, proposal_kind
from app.register.identity.roles import Role
from app.register.regions import queries, service
from app.register.regions.models import RegionKind

COUNTY = frozenset({Role.COUNTY_ADMIN})
NAMES = {RegionKind.TOWN: "镇街", RegionKind.VILLAGE: "村社区", RegionKind.GROUP: "组"}


def _what(proposal: Proposal) -> str:
    parent = queries.region(proposal.county_id, proposal.region_id)
    assert parent is not None, "regions stay"
    kind = parent.kind.child
    assert kind is not None, "nothing is proposed inside a group"
    return f"{parent.name}下面的{NAMES[kind]}"


def _name(proposal: Proposal) -> str:
    return str(proposal.content["name"])


def _add(proposal: Proposal, at: datetime) -> None:
    service.add_region(
        county_id=proposal.county_id,
        parent_id=proposal.region_id,
        name=_name(proposal),
        actor_id=proposal.proposed_by,
        at=at,
    )


def _check(proposal: Proposal, _: datetime) -> None:
    service.check_addable(
        county_id=proposal.county_id, parent_id=proposal.region_id, name=_name(proposal)
    )


NEW_PLACE = proposal_kind(
    Kind(
        "new_place",
        proposers=COUNTY,
        seconds=(Whoever(roles=COUNTY),),
        title=lambda proposal: f"新增{_what(proposal)}“{_name(proposal)}”",
        lines=lambda proposal: [Line(_what(proposal), None, _name(proposal))],
        do=_add,
        check=_check,
        told={Role.AUDITOR},
    )
)
