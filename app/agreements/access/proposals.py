"""Recovering an account: an administrator asks, the security administrator confirms."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from app.agreements.proposals import Kind, Line, Proposal, Whoever, proposal_kind
from app.register.identity import queries
from app.register.identity.granting import MAY_GRANT
from app.register.identity.roles import Role
from app.register.identity.staff import accounts
from app.register.trust import Concerned


def _user_id(proposal: Proposal) -> UUID:
    return UUID(proposal.content["user_id"])


def _lines(proposal: Proposal) -> list[Line]:
    who = queries.holder(_user_id(proposal))
    return [
        Line("姓名", who.name, who.name),
        Line("手机号", who.phone, who.phone),
        Line("电脑端密码和验证器", "现在的", "作废，由本人在自己的小程序里重设"),
        Line("请先", None, "见到本人，或拨打登记的手机号核对"),
    ]


def _as_it_is(proposal: Proposal) -> Mapping[str, Any]:
    account = accounts.account_of(user_id=_user_id(proposal), county_id=proposal.county_id)
    return {"state": str(account.state)}


def _recover(proposal: Proposal, at: datetime) -> None:
    accounts.recover(user_id=_user_id(proposal), by=proposal.proposed_by, at=at)


RECOVERY = proposal_kind(
    Kind(
        "staff_recovery",
        proposers=frozenset(MAY_GRANT),
        seconds=(Whoever(roles={Role.SECURITY_ADMIN}),),
        title=lambda _: "找回一个电脑端账号",
        lines=_lines,
        do=_recover,
        now=_as_it_is,
        concerned=lambda proposal: Concerned(about=[_user_id(proposal)]),
        told=frozenset({Role.AUDITOR}),
    )
)
