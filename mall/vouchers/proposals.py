"""What a voucher is and costs: nobody enters, changes or withdraws a kind alone."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import IO, Any
from uuid import UUID

from app.agreements.proposals import Draft, Kind, Line, Proposal, Whoever, proposal_kind, propose
from app.agreements.proposals.queries import pending
from app.kernel.units import yuan_text
from app.register.identity.caller import Caller
from app.register.identity.roles import Role
from app.register.regions import queries as regions
from app.register.trust import Concerned
from mall.vouchers import importing, kinds, queries

A_DAY = timedelta(hours=24)
ANOTHER = Whoever(roles={Role.COUNTY_ADMIN})
FINANCE = Whoever(roles={Role.FINANCE})
EITHER = Whoever(roles={Role.COUNTY_ADMIN, Role.FINANCE})
WATCHERS = frozenset({Role.COUNTY_ADMIN, Role.FINANCE, Role.AUDITOR})
LEAST_PERCENT = 80  # of the market price; below it finance must agree besides


def propose_kind(*, platform_id: UUID, facts: kinds.Facts, by: Caller, at: datetime) -> Proposal:
    """Propose a new kind of voucher. Raises as ``kinds.enter_kind`` and ``propose`` do."""
    content = {"platform_id": str(platform_id), "facts": facts.written()}
    subject = ("voucher_platform", f"{platform_id}/{facts.name}")
    return propose(NEW, _draft(by, subject, content, _seconds(facts)), by=by, at=at)


def propose_change(*, kind_id: UUID, facts: kinds.Facts, by: Caller, at: datetime) -> Proposal:
    """Propose what a kind is to be and cost. Raises as ``kinds.change_kind`` and ``propose`` do."""
    kind = kinds.check_for_sale(county_id=by.county_id, kind_id=kind_id)
    seconds = _seconds(facts, before_fen=kind.market_price_fen)
    content = {"facts": facts.written()}
    return propose(CHANGE, _draft(by, ("voucher_kind", kind_id), content, seconds), by=by, at=at)


def propose_withdrawal(*, kind_id: UUID, by: Caller, at: datetime) -> Proposal:
    """Propose to sell no more of a kind. Raises as ``kinds.withdraw_kind`` and ``propose`` do."""
    return propose(END, _draft(by, ("voucher_kind", kind_id), {}, (ANOTHER,)), by=by, at=at)


def import_batch(
    file: IO[bytes], *, kind_id: UUID, is_dry_run: bool, by: Caller, at: datetime
) -> importing.Outcome:
    """Import a file of codes and propose to sell them: who imported it has them in clear.

    The same file again changes nothing, but what nobody has agreed to is proposed anew.
    Raises as ``importing.import_batch`` and ``propose`` do.
    """
    outcome = importing.import_batch(
        file,
        county_id=by.county_id,
        kind_id=kind_id,
        is_dry_run=is_dry_run,
        by=by.user_id,
        at=at,
    )
    if is_dry_run or outcome.batch_id is None:
        return outcome
    if outcome.is_repeat:
        waiting = pending(by.county_id, BATCH.name, [outcome.batch_id]).get(str(outcome.batch_id))
        if waiting is not None:
            return replace(outcome, proposal_id=waiting.id)
        if not importing.is_waiting(by.county_id, outcome.batch_id):
            return outcome
    content = {"kind_id": str(kind_id), "count": outcome.count, "sha256": outcome.sha256}
    subject = ("voucher_batch", outcome.batch_id)
    proposal = propose(BATCH, _draft(by, subject, content, (EITHER,)), by=by, at=at)
    return replace(outcome, proposal_id=proposal.id)


def _draft(
    by: Caller,
    subject: tuple[str, object],
    content: Mapping[str, Any],
    seconds: tuple[Whoever, ...],
) -> Draft:
    return Draft(
        region_id=regions.root(by.county_id).id, subject=subject, content=content, seconds=seconds
    )


def _seconds(facts: kinds.Facts, before_fen: int = 0) -> tuple[Whoever, ...]:
    # A market price that is lowered with the price must not make it look fair.
    market_fen = max(facts.market_price_fen, before_fen)
    is_fair = facts.points_price * 100 >= market_fen * LEAST_PERCENT
    return (ANOTHER,) if is_fair else (ANOTHER, FINANCE)


def _facts(proposal: Proposal) -> kinds.Facts:
    return kinds.Facts.read(proposal.content["facts"])


def _kind_id(proposal: Proposal) -> UUID:
    return UUID(proposal.subject_id)


def _check_new(proposal: Proposal, _: datetime) -> None:
    kinds.check_new_kind(
        county_id=proposal.county_id,
        platform_id=UUID(proposal.content["platform_id"]),
        facts=_facts(proposal),
    )


def _enter(proposal: Proposal, at: datetime) -> None:
    kinds.enter_kind(
        county_id=proposal.county_id,
        platform_id=UUID(proposal.content["platform_id"]),
        facts=_facts(proposal),
        entered_by=proposal.proposed_by,
        at=at,
        proposal_id=proposal.id,
    )


def _check_change(proposal: Proposal, _: datetime) -> None:
    kinds.check_change(
        county_id=proposal.county_id, kind_id=_kind_id(proposal), facts=_facts(proposal)
    )


def _change(proposal: Proposal, at: datetime) -> None:
    kinds.change_kind(
        county_id=proposal.county_id,
        kind_id=_kind_id(proposal),
        facts=_facts(proposal),
        by=proposal.proposed_by,
        at=at,
        proposal_id=proposal.id,
    )


def _now(proposal: Proposal) -> Mapping[str, Any]:
    kind = kinds.check_for_sale(county_id=proposal.county_id, kind_id=_kind_id(proposal))
    return kinds.Facts.of(kind).written()


def _withdraw(proposal: Proposal, at: datetime) -> None:
    kinds.withdraw_kind(
        county_id=proposal.county_id,
        kind_id=_kind_id(proposal),
        by=proposal.proposed_by,
        at=at,
    )


def _lines(proposal: Proposal) -> list[Line]:
    """Each fact that would be another, the prices in any case, and what is in stock."""
    before, after = proposal.before, proposal.content.get("facts")
    stock = f"{queries.left(_kind_id(proposal), at=proposal.proposed_at)} 张" if before else None
    lines = [
        Line(label, said(before[key]) if before else None, said(after[key]) if after else None)
        for key, (label, said) in _SAID.items()
        if key in _ALWAYS or before is None or after is None or before[key] != after[key]
    ]
    return [*lines, Line("库存", stock, stock)] if stock else lines


def _lines_of_batch(proposal: Proposal) -> list[Line]:
    batch = importing.batch_of(proposal.county_id, UUID(proposal.subject_id))
    kind = kinds.check_for_sale(county_id=proposal.county_id, kind_id=batch.kind_id)
    return [
        Line("券", None, kind.name),
        Line("券码", None, f"{batch.count} 个，请对照平台的交接单"),
        Line("文件指纹", None, batch.sha256.hex()[:16]),
    ]


def _who_imported(proposal: Proposal) -> Concerned:
    """Whoever proposes it anew: who has had the codes in clear is not the second."""
    batch = importing.batch_of(proposal.county_id, UUID(proposal.subject_id))
    return Concerned(users=[batch.imported_by] if batch.imported_by != proposal.proposed_by else [])


def _release(proposal: Proposal, _: datetime) -> None:
    importing.release(county_id=proposal.county_id, batch_id=UUID(proposal.subject_id))


def _limit(month_limit: int | None) -> str:
    return "不限" if month_limit is None else f"{month_limit} 张"


def _places(region_ids: list[str]) -> str:
    return f"{len(region_ids)} 个地方的居民" if region_ids else "全县居民"


def _yuan(fen: int) -> str:
    return f"{yuan_text(fen)} 元"


_ALWAYS = frozenset({"name", "points_price", "market_price_fen"})
_SAID: dict[str, tuple[str, Any]] = {
    "name": ("名称", str),
    "points_price": ("价格", _yuan),
    "market_price_fen": ("市场价", _yuan),
    "month_limit": ("每户每月", _limit),
    "value": ("面值", str),
    "last_on": ("最后可用日", str),
    "terms": ("说明", str),
    "buyer_region_ids": ("谁能买", _places),
    "low_mark": ("少于几张时提醒", str),
}

NEW = proposal_kind(
    Kind(
        "voucher_kind",
        proposers={Role.COUNTY_ADMIN},
        seconds=(ANOTHER,),  # below the fair price finance besides: _seconds
        title=lambda proposal: "新的代金券",
        lines=_lines,
        do=_enter,
        check=_check_new,
        cool_off=A_DAY,
        told=WATCHERS,
    )
)
CHANGE = proposal_kind(
    Kind(
        "voucher_change",
        proposers={Role.COUNTY_ADMIN},
        seconds=(ANOTHER,),
        title=lambda proposal: "改代金券",
        lines=_lines,
        do=_change,
        now=_now,
        check=_check_change,
        cool_off=A_DAY,
        told=WATCHERS,
    )
)
END = proposal_kind(
    Kind(
        "voucher_kind_end",
        proposers={Role.COUNTY_ADMIN},
        seconds=(ANOTHER,),
        title=lambda proposal: "停卖代金券",
        lines=_lines,
        do=_withdraw,
        now=_now,
        told=WATCHERS,
    )
)
BATCH = proposal_kind(
    Kind(
        "voucher_batch",
        proposers={Role.COUNTY_ADMIN},
        seconds=(EITHER,),
        title=lambda proposal: f"一批券码，{proposal.content['count']} 个",
        lines=_lines_of_batch,
        do=_release,
        concerned=_who_imported,
        told=WATCHERS,
    )
)
