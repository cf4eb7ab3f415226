"""Everything that waits for a second person of the county, in one list, the oldest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from app.agreements.proposals import queries as proposals
from app.kernel.db import db
from app.kernel.errors import DomainError
from app.kernel.units import yuan_text
from app.register import trust
from app.register.identity.caller import Caller
from app.register.identity.roles import Role

_F, _C = Role.FINANCE, Role.COUNTY_ADMIN
# Who decides what: tests hold this to what the access matrix grants.
DECIDERS: dict[str, tuple[Role, ...]] = {
    "allotment": (_C, _F),
    "cash_out": (_F,),
    "subsidy_funding": (_C,),
    "deposit": (_C,),
    "campaign": (_C,),
    "reversal": (_C, _F),
    "policy_draft": (_C,),
    "merchant_application": (_C,),
    "voucher_claim": (_C, _F),
    "bank_statement": (_C, _F),
}
READERS = (Role.FINANCE, Role.COUNTY_ADMIN)
_YOURS = "您提的，要等别人复核"
_OTHERS_ROLE = "要由别的岗位复核"
LIST_MAX = 200


@dataclass(frozen=True)
class Approval:
    """One thing that somebody proposed and somebody else is to agree to."""

    kind: str
    id: UUID
    title: str
    amount_fen: int | None
    proposed_by: str | None  # the name, of staff
    proposed_at: datetime
    is_mine: bool
    may_decide: bool
    why_not: str | None  # in words, if the caller may not


_WAITING = text("""
    SELECT 'allotment' AS kind, a.id, '给' || r.name || '拨积分预算' AS title, a.amount_fen,
           a.proposed_by, a.proposed_at
      FROM allotments a JOIN regions r ON r.id = a.village_id
     WHERE a.county_id = :county AND a.state = 'proposed'
    UNION ALL
    SELECT 'cash_out', c.id, s.name || '提现', c.amount_fen, c.asked_by, c.asked_at
      FROM cash_outs c JOIN shops s ON s.id = c.shop_id
     WHERE c.county_id = :county AND c.state = 'awaiting_release'
    UNION ALL
    SELECT 'subsidy_funding', f.id,
           u.name || CASE f.direction WHEN 'reclaim' THEN '补贴资金收回' ELSE '补贴资金' END,
           f.amount_fen, f.proposed_by, f.proposed_at
      FROM subsidy_fundings f JOIN funders u ON u.id = f.funder_id
     WHERE f.county_id = :county AND f.state = 'proposed'
    UNION ALL
    SELECT 'deposit', d.id, y.name || '预付款', d.amount_fen, d.proposed_by, d.proposed_at
      FROM deposits d JOIN recyclers y ON y.id = d.recycler_id
     WHERE d.county_id = :county AND d.state = 'proposed'
    UNION ALL
    SELECT 'campaign', p.id, '优惠活动“' || p.name || '”', NULL, p.made_by, p.made_at
      FROM campaigns p WHERE p.county_id = :county AND p.state = 'draft'
    UNION ALL
    SELECT 'reversal', v.id,
           '撤销一笔' || CASE v.subject WHEN 'award' THEN '奖励' WHEN 'sale' THEN '称重'
                          ELSE '兑换' END,
           v.points, v.proposed_by, v.proposed_at
      FROM reversals v WHERE v.county_id = :county AND v.state = 'proposed'
    UNION ALL
    SELECT 'policy_draft', d.id, '积分规则草稿', NULL, d.made_by, d.made_at
      FROM policy_drafts d WHERE d.county_id = :county AND d.state = 'draft'
    UNION ALL
    SELECT 'merchant_application', m.id, m.name || '申请入驻', NULL, m.applied_by, m.applied_at
      FROM merchant_applications m WHERE m.county_id = :county AND m.state = 'applied'
    UNION ALL
    SELECT 'voucher_claim', l.id, k.name || '坏券处理', p.points, l.proposed_by, l.proposed_at
      FROM voucher_claims l
      JOIN voucher_purchases p ON p.county_id = l.county_id AND p.id = l.purchase_id
      JOIN voucher_kinds k ON k.id = p.kind_id
     WHERE l.county_id = :county AND l.state = 'proposed'
    UNION ALL
    SELECT 'bank_statement', b.id, to_char(b.on_day, 'FMMM"月"FMDD"日"') || '的银行流水', NULL,
           b.imported_by, b.imported_at
      FROM bank_statements b WHERE b.county_id = :county AND b.state = 'waiting'
    ORDER BY 6, 2 LIMIT :limit
""")
_NAMES = text("SELECT id, name FROM users WHERE id = ANY (:ids)")


def waiting(by: Caller, *, at: datetime) -> list[Approval]:
    """What waits for a second person where the caller is one, and why it may not be them."""
    rows = db.session.execute(_WAITING, {"county": by.county_id, "limit": LIST_MAX}).all()
    rows = [row for row in rows if by.may(DECIDERS[row.kind]) or row.proposed_by == by.user_id]
    makers = {row.proposed_by for row in rows if row.proposed_by is not None}
    named = db.session.execute(_NAMES, {"ids": sorted(makers)}) if makers else ()
    names: dict[UUID, str | None] = {row.id: row.name for row in named}
    refusals = {maker: _refusal(maker, by, at) for maker in makers}
    found = [_approval(row, by, names, refusals) for row in rows]
    agreed = [_of_proposal(one) for one in _proposals(by)]
    return sorted([*found, *agreed], key=lambda one: one.proposed_at)


def _approval(
    row: Any, by: Caller, names: dict[UUID, str | None], refusals: dict[UUID, str | None]
) -> Approval:
    is_mine = row.proposed_by == by.user_id
    why_not = refusals.get(row.proposed_by)
    if is_mine:
        why_not = _YOURS
    elif not by.may(DECIDERS[row.kind]):
        why_not = _OTHERS_ROLE
    amount = f" {yuan_text(row.amount_fen)} 元" if row.amount_fen is not None else ""
    return Approval(
        kind=row.kind,
        id=row.id,
        title=row.title + amount,
        amount_fen=row.amount_fen,
        proposed_by=names.get(row.proposed_by),
        proposed_at=row.proposed_at,
        is_mine=is_mine,
        may_decide=why_not is None,
        why_not=why_not,
    )


def _refusal(maker: UUID, by: Caller, at: datetime) -> str | None:
    """Why the caller is not beside who proposed it; none if they are."""
    try:
        trust.beside([maker], by.user_id, at=at)
    except DomainError as refused:
        return refused.sentence()
    return None


def _proposals(by: Caller) -> Sequence[proposals.ShownProposal]:
    return proposals.proposals(
        by, state=None, kind=None, to_decide=True, before=None, limit=LIST_MAX
    )


def _of_proposal(one: proposals.ShownProposal) -> Approval:
    return Approval(
        kind="proposal",
        id=one.id,
        title=one.title,
        amount_fen=None,
        proposed_by=one.proposed_by,
        proposed_at=one.proposed_at,
        is_mine=one.is_mine,
        may_decide=one.may_decide,
        why_not=None if one.may_decide else _OTHERS_ROLE,
    )
