"""Splits, merges and new heads of households: who must agree, and how long they can be stopped."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from app.agreements.life.drafts import meant
from app.agreements.life.notices import CHANGE_PLANNED
from app.agreements.proposals import Kind, Line, Proposal, proposal_kind
from app.kernel import clock
from app.register import trust
from app.register.households import queries as households
from app.register.households.life import ChangeKind, service
from app.register.households.life.changing import SEEN, Seen
from app.register.households.life.queries import standing
from app.register.households.service import WORKERS
from app.register.identity.roles import Role

WHOLE_DAYS = 3
DUE = timedelta(minutes=5)  # after the midnight that ends them
FROM_ABOVE = frozenset({Role.TOWN_ADMIN, Role.COUNTY_ADMIN})
WHAT = {
    ChangeKind.SPLIT: "一户分成两户",
    ChangeKind.MERGE: "两户并成一户",
    ChangeKind.HEAD: "给一户换户主",
}


def _homes(proposal: Proposal) -> list[UUID]:
    """The households that are there before it."""
    content = proposal.content
    is_merge = content["kind"] == ChangeKind.MERGE
    return [UUID(content[one]) for one in ("household_id", "other_id")[: 2 if is_merge else 1]]


def _title(proposal: Proposal) -> str:
    return WHAT[ChangeKind(proposal.content["kind"])]


def _lines(proposal: Proposal) -> list[Line]:
    homes = zip(("原来的户", "留下的户"), _homes(proposal), strict=False)
    doors = [Line(label, None, _door(home)) for label, home in homes]
    seen = Line("看过的证件", None, SEEN[Seen(proposal.content["document"])])
    told = [Line(AREAS[area], None, text) for area, text in proposal.content["lines"]]
    return [*doors, seen, *told]


AREAS = {
    "people": "人口",
    "points": "积分",
    "debts": "待抵扣",
    "orders": "订单",
    "card": "积分卡",
    "proxies": "代办人",
    "liaison": "联系党员",
    "caps": "积分上限",
    "care": "关爱名单",
    "vouchers": "券",
}


def _door(household_id: UUID) -> str:
    home = households.household(household_id)
    assert home is not None, "households stay"
    return f"{home.village}{home.group}{home.door_number}"


def _now(proposal: Proposal) -> Mapping[str, Any]:
    """Who lives where: what a balance is meanwhile is carried as it is then."""
    return {str(home): standing(home) for home in _homes(proposal)}


def _check_second(proposal: Proposal, user_id: UUID, at: datetime) -> None:
    """Who decides from above is of neither household; of the household, anybody is."""
    bound = households.open_binding(user_id)
    if bound is None or bound.household_id not in _homes(proposal):
        trust.beside([], user_id, concerned=trust.Concerned(households=_homes(proposal)), at=at)


def _do(proposal: Proposal, at: datetime) -> None:
    service.carry_out(meant(proposal, at))


def begins(agreed_at: datetime) -> datetime:
    """When what is agreed is done: after three whole days of China's calendar."""
    first = clock.day_of(agreed_at) + timedelta(days=1)
    return clock.day_start(first + timedelta(days=WHOLE_DAYS)) + DUE


def _kind(name: str) -> Kind:
    return proposal_kind(
        Kind(
            name,
            proposers=WORKERS,
            seconds=(),
            title=_title,
            lines=_lines,
            do=_do,
            now=_now,
            check=lambda proposal, at: service.check(meant(proposal, at)),
            check_second=_check_second,
            cool_off=timedelta(days=WHOLE_DAYS),
            begins=begins,
            notice=CHANGE_PLANNED,
        )
    )


KINDS = {
    ChangeKind.SPLIT: _kind("household_split"),
    ChangeKind.MERGE: _kind("household_merge"),
    ChangeKind.HEAD: _kind("household_head"),
}
