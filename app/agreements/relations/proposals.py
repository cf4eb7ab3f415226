"""Entering that an official's household and another do not judge each other; ending any entry."""

from datetime import datetime
from uuid import UUID

from app.agreements.proposals import Kind, Line, Proposal, Whoever, proposal_kind
from app.agreements.relations.entering import enter
from app.agreements.relations.notices import WHY
from app.kernel.secrets import masked_name
from app.register.households import queries as households
from app.register.households import relations
from app.register.households.models import RelationKind
from app.register.households.service import WORKERS
from app.register.identity.roles import Role
from app.register.trust import Concerned


def _households(proposal: Proposal) -> list[UUID]:
    return [UUID(one) for one in proposal.content["households"]]


def _lines(proposal: Proposal) -> list[Line]:
    homes = [_home(one) for one in _households(proposal)]
    return [
        Line("两户", None, "、".join(homes)),
        Line("关系", WHY[proposal.content["kind"]], None),
    ]


def _home(household_id: UUID) -> str:
    home = households.household(household_id)
    assert home is not None, "households stay"
    return f"{home.village}{home.group}{home.door_number} {masked_name(home.head)}"


def _end(proposal: Proposal, at: datetime) -> None:
    relations.end_relation(
        county_id=proposal.county_id,
        relation_id=UUID(proposal.subject_id),
        by=proposal.proposed_by,
        at=at,
    )


def _begin(proposal: Proposal, at: datetime) -> None:
    enter(
        _households(proposal),
        RelationKind(proposal.content["kind"]),
        county_id=proposal.county_id,
        by=proposal.proposed_by,
        at=at,
    )


def _new_lines(proposal: Proposal) -> list[Line]:
    homes = [_home(one) for one in _households(proposal)]
    return [
        Line("两户", None, "、".join(homes)),
        Line("关系", None, WHY[proposal.content["kind"]]),
    ]


RELATION = proposal_kind(
    Kind(
        "relation",
        proposers=WORKERS,
        seconds=(),  # either household, or another official: service.relate
        title=lambda _: "登记两户的亲友关系，其中一户有工作人员",
        lines=_new_lines,
        do=_begin,
        now=lambda proposal: {"is_open": relations.is_entered(*_households(proposal))},
        told={Role.AUDITOR},
    )
)
RELATION_END = proposal_kind(
    Kind(
        "relation_end",
        proposers=WORKERS,
        seconds=(Whoever(roles=WORKERS),),
        title=lambda _: "取消两户的亲友登记",
        lines=_lines,
        do=_end,
        now=lambda proposal: {"is_open": relations.is_in_force(UUID(proposal.subject_id))},
        concerned=lambda proposal: Concerned(households=_households(proposal)),
        told={Role.AUDITOR},
    )
)
