"""Granting a role, and ending one that nobody ends alone."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from app.agreements.grants import persons
from app.agreements.grants.notices import GRANT_PROPOSED
from app.agreements.proposals import Kind, Line, Proposal, Whoever, proposal_kind, secrets
from app.kernel.secrets import masked_id_number
from app.register.identity import grants, queries, service
from app.register.identity.apart import check_apart
from app.register.identity.errors import PersonUnknown
from app.register.identity.granting import MAY_GRANT
from app.register.identity.roles import NAMES, OFFICES, Grant, Role
from app.register.regions import queries as regions
from app.register.trust import Concerned

A_DAY = timedelta(hours=24)
WATCHERS = frozenset({Role.COUNTY_ADMIN, Role.AUDITOR})


def title_of(role: Role, place: str) -> str:
    """The role and where it holds."""
    return f"{NAMES[role]}（{place}）"


def _user_id(proposal: Proposal) -> UUID:
    return UUID(proposal.content["user_id"])


def _id_number(proposal: Proposal) -> str | None:
    """The number that the proposer has entered, while it is kept."""
    key = proposal.content["id_number"]
    return secrets.opened(proposal.county_id, key) if key else None


def _grant(proposal: Proposal) -> Grant:
    return Grant(Role(proposal.content["role"]), proposal.region_id)


def _title(proposal: Proposal) -> str:
    place = regions.region(proposal.county_id, proposal.region_id)
    assert place is not None, "regions stay"
    return title_of(_grant(proposal).role, place.name)


def _lines(proposal: Proposal) -> list[Line]:
    who = queries.holder(_user_id(proposal))
    entered = _id_number(proposal)
    number = masked_id_number(entered) if entered else None
    if number is None:
        number = "已登记" if _is_seen(proposal) else "还没有登记，请看着本人的证件填写"
    return [
        Line("姓名", None, who.name),
        Line("手机号", None, who.phone),
        Line("身份证号", None, number),
        Line("职务", None, _title(proposal)),
    ]


def _identify(proposal: Proposal, id_number: str | None, by: UUID, at: datetime) -> None:
    """The number that the proposer has entered, and that which the second reads.

    The second need not read it only of who holds an office as somebody known. What the proposer
    says, or a binding, which one administrator makes, is no document.
    """
    if id_number is None and not _is_seen(proposal):
        raise PersonUnknown()
    for number in (_id_number(proposal), id_number):
        if number is not None:
            persons.identify(user_id=_user_id(proposal), id_number=number, by=by, at=at)


def _is_seen(proposal: Proposal) -> bool:
    """Whether somebody has seen their document, for an office that they hold."""
    user_id = _user_id(proposal)
    return queries.holder(user_id).is_known and queries.holds(user_id, OFFICES)


def _check(proposal: Proposal, _: datetime) -> None:
    check_apart(service.lock_user(_user_id(proposal)), _grant(proposal))


def _concerned(proposal: Proposal) -> Concerned:
    return Concerned(about=[_user_id(proposal)])


def _give(proposal: Proposal, at: datetime) -> None:
    grant = _grant(proposal)
    grants.record_grant(
        county_id=proposal.county_id,
        user_id=_user_id(proposal),
        role=grant.role,
        place_id=grant.place_id,
        actor_id=proposal.proposed_by,
        at=at,
    )


def _in_force(proposal: Proposal) -> Mapping[str, Any]:
    grant = _grant(proposal)
    found = queries.grant_in_force(_user_id(proposal), grant)
    return {"grant_id": str(found) if found is not None else None}


def _end(proposal: Proposal, at: datetime) -> None:
    grant = grants.locked_grant_of(
        county_id=proposal.county_id, grant_id=UUID(proposal.content["grant_id"])
    )
    grants.record_revocation(
        grant, county_id=proposal.county_id, actor_id=proposal.proposed_by, at=at
    )


def _lines_of_end(proposal: Proposal) -> list[Line]:
    who = queries.holder(_user_id(proposal))
    return [
        Line("姓名", who.name, who.name),
        Line("手机号", who.phone, who.phone),
        Line("职务", _title(proposal), None),
    ]


GRANT = proposal_kind(
    Kind(
        "grant",
        proposers=frozenset(MAY_GRANT),
        seconds=(Whoever(roles={Role.COUNTY_ADMIN}),),  # each role names its own: SECONDS
        title=lambda proposal: f"任命{_title(proposal)}",
        lines=_lines,
        do=_give,
        now=_in_force,
        check=_check,
        concerned=_concerned,
        identify=_identify,
        cool_off=A_DAY,
        told=WATCHERS,
        notice=GRANT_PROPOSED,
    )
)
REVOCATION = proposal_kind(
    Kind(
        "grant_end",
        proposers=frozenset(MAY_GRANT),
        seconds=(Whoever(roles={Role.COUNTY_ADMIN}),),  # each role names its own: ENDED_BY_TWO
        title=lambda proposal: f"收回{_title(proposal)}",
        lines=_lines_of_end,
        do=_end,
        now=_in_force,
        concerned=_concerned,
        told=WATCHERS,
    )
)
