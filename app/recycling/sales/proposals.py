"""Who buys in a place: the company names who answers for it, and two people let it in."""

from datetime import datetime
from uuid import UUID

from app.agreements.proposals import Draft, Kind, Line, Proposal, Whoever, proposal_kind, propose
from app.recycling.sales import queries, service
from app.recycling.sales.errors import NotAnArea, RecyclerKnown
from app.register.identity import queries as identity
from app.register.identity import service as users
from app.register.identity.apart import check_apart
from app.register.identity.caller import Caller
from app.register.identity.roles import Grant, Role
from app.register.regions import queries as regions
from app.register.trust import Concerned


def propose_recycler(
    *, region_id: UUID, name: str, owner_phone: str, owner_name: str, by: Caller, at: datetime
) -> Proposal:
    """Propose the company that buys in a region; its owner is told, and another one agrees.

    Raises:
        NotAnArea: no region where the caller administers the county.
        RecyclerKnown: the region has one.
        NotApart: the owner weighs there, or decides about money, as nobody of a recycler may.
        BadPhone, BadName: of the owner.
        what ``propose`` raises: the owner must be apart from who proposes and who agrees.
    """
    if not regions.is_inside(region_id, by.places(Role.COUNTY_ADMIN)):
        raise NotAnArea()
    owner = users.enrol_staff(
        county_id=by.county_id, phone=owner_phone, name=owner_name, actor_id=by.user_id, at=at
    )
    draft = Draft(
        region_id=region_id,
        subject=("region", region_id),
        content={"name": name, "owner_id": str(owner.id)},
        told=Whoever(users={owner.id}),
    )
    return propose(RECYCLER, draft, by=by, at=at)


def _owner_id(proposal: Proposal) -> UUID:
    return UUID(proposal.content["owner_id"])


def _place(proposal: Proposal) -> str:
    place = regions.region(proposal.county_id, proposal.region_id)
    assert place is not None, "regions stay"
    return place.name


def _lines(proposal: Proposal) -> list[Line]:
    owner = identity.holder(_owner_id(proposal))
    return [
        Line("收购公司", None, proposal.content["name"]),
        Line("在哪里收购", None, _place(proposal)),
        Line("负责人", None, owner.name),
        Line("手机号", None, owner.phone),
    ]


def _check(proposal: Proposal, _: datetime) -> None:
    if queries.recyclers_of([proposal.region_id]):
        raise RecyclerKnown()
    owner = users.lock_user(_owner_id(proposal))
    check_apart(owner, Grant(Role.RECYCLER_AGENT, proposal.region_id))


def _add(proposal: Proposal, at: datetime) -> None:
    service.add_recycler(
        county_id=proposal.county_id,
        region_id=proposal.region_id,
        name=proposal.content["name"],
        owner_id=_owner_id(proposal),
        by=proposal.proposed_by,
        at=at,
    )


RECYCLER = proposal_kind(
    Kind(
        "recycler",
        proposers={Role.COUNTY_ADMIN},
        seconds=(Whoever(roles={Role.COUNTY_ADMIN, Role.FINANCE}),),
        title=lambda proposal: f"{_place(proposal)}的收购公司：{proposal.content['name']}",
        lines=_lines,
        do=_add,
        check=_check,
        concerned=lambda proposal: Concerned(about=[_owner_id(proposal)]),
        told={Role.AUDITOR},
    )
)
