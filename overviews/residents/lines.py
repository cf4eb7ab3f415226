"""Lines of a household's points in words: what each rests on, where, and where to read more."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from app.kernel.db import db
from app.kernel.units import yuan_text
from app.points import ledger
from app.points.awards import explanations
from app.points.awards.rules import Rule
from app.recycling.sales.models import Material
from app.recycling.sales.words import sold

_KIND = ledger.TransferKind
_REFERENCE = re.compile(r"([a-z_]+):([0-9a-f-]{36})")
# To which row the first part of a reference leads.
_ROWS = {
    "award": "award",
    "reversal": "award",
    "repayment": "award",
    "redemption": "redemption",
    "redemption_void": "redemption",
    "redemption_reversal": "redemption",
    "order_line": "order_line",
    "order_refund": "order_refund",
    "voucher": "voucher",
    "voucher_return": "voucher",
    "sale": "sale",
    "sale_void": "sale",
    "sale_reversal": "sale",
}
# What people look up by it: a line or a refund is read with its order.
_ABOUT = {"order_line": "order", "order_refund": "order"}
_TITLES = {
    _KIND.VOID: "商店撤销，分退回来了",
    _KIND.REVERSAL: "核实后撤销",
    _KIND.EXPIRY: "到期没用完，作废了",
    _KIND.REPAYMENT: "抵了之前欠的积分",
    _KIND.ORDER_REFUND: "订单退的分",
    _KIND.VOUCHER_RETURN: "坏券退的分",
    _KIND.PROLONGING: "退回来的分，能再用一阵",
    _KIND.SALE: "卖可回收物",
    _KIND.CARRY: "分户或并户转的积分",
}


@dataclass(frozen=True)
class About:
    """What a line rests on, to be opened from it."""

    kind: str  # award, redemption, order, voucher, sale
    id: UUID


@dataclass(frozen=True)
class Line:
    """A movement of a household's points as a person reads it."""

    entry: ledger.Entry
    title: str  # say 自查照片审核通过, or the shop
    words: str | None  # what more there is to say
    about: About | None
    shop_name: str | None

    @property
    def id(self) -> UUID:
        return self.entry.id

    @property
    def kind(self) -> ledger.TransferKind:
        return self.entry.kind

    @property
    def amount(self) -> int:
        return self.entry.amount

    @property
    def expires_on(self) -> date | None:
        return self.entry.expires_on

    @property
    def decided_at(self) -> datetime:
        return self.entry.decided_at


_FOUND = text("""
    SELECT 'award' AS kind, a.id, a.id AS about, a.rule AS name, NULL AS more, 0 AS fen,
           CAST(NULL AS json) AS lines
      FROM awards a WHERE a.county_id = :county AND a.id = ANY (:award)
    UNION ALL
    SELECT 'redemption', r.id, r.id, h.name, f.name, coalesce(s.subsidy_fen, 0), NULL
      FROM redemptions r
      JOIN shops h ON h.id = r.shop_id
      LEFT JOIN subsidies s ON s.county_id = r.county_id
                           AND s.reference = 'redemption:' || r.id::text
      LEFT JOIN funders f ON f.id = s.funder_id
     WHERE r.county_id = :county AND r.id = ANY (:redemption)
    UNION ALL
    SELECT 'order_line', l.id, l.order_id, h.name, l.name, l.subsidy_fen, NULL
      FROM order_lines l
      JOIN orders o ON o.county_id = l.county_id AND o.id = l.order_id
      JOIN shops h ON h.id = o.shop_id
     WHERE l.county_id = :county AND l.id = ANY (:order_line)
    UNION ALL
    SELECT 'order_refund', b.id, l.order_id, h.name, l.name, 0, NULL
      FROM order_refunds b
      JOIN order_lines l ON l.county_id = b.county_id AND l.id = b.line_id
      JOIN orders o ON o.county_id = l.county_id AND o.id = l.order_id
      JOIN shops h ON h.id = o.shop_id
     WHERE b.county_id = :county AND b.id = ANY (:order_refund)
    UNION ALL
    SELECT 'voucher', v.id, v.id, p.name, k.name, 0, NULL
      FROM voucher_purchases v
      JOIN voucher_kinds k ON k.id = v.kind_id
      JOIN voucher_platforms p ON p.id = k.platform_id
     WHERE v.county_id = :county AND v.id = ANY (:voucher)
    UNION ALL
    SELECT 'sale', s.id, s.id, NULL, NULL, 0,
           (SELECT json_agg(json_build_array(l.material, l.grams, l.pieces) ORDER BY l.number)
              FROM sale_lines l WHERE l.county_id = s.county_id AND l.sale_id = s.id)
      FROM sales s WHERE s.county_id = :county AND s.id = ANY (:sale)
""")


def lines(
    county_id: int,
    household_id: UUID,
    *,
    before: UUID | None,
    limit: int,
    direction: ledger.Direction | None = None,
) -> list[Line]:
    """Every movement of the household's points, newest first, in two queries."""
    entries = ledger.history(
        county_id,
        kind=ledger.AccountKind.HOUSEHOLD,
        owner=household_id,
        before=before,
        limit=limit,
        direction=direction,
    )
    named = [_named(entry.reference) for entry in entries]
    found = _rows(county_id, [one for one in named if one])
    return [
        _line(entry, key, found.get(key) if key else None)
        for entry, key in zip(entries, named, strict=True)
    ]


def _named(reference: str) -> tuple[str, UUID] | None:
    """The row to which a reference leads, if people can look it up."""
    matched = _REFERENCE.match(reference)
    kind = _ROWS.get(matched[1]) if matched else None
    return (kind, UUID(matched[2])) if matched and kind else None


def _rows(county_id: int, named: Sequence[tuple[str, UUID]]) -> dict[tuple[str, UUID], Any]:
    if not named:
        return {}
    asked = {kind: [id_ for each, id_ in named if each == kind] for kind in set(_ROWS.values())}
    rows = db.session.execute(_FOUND, {"county": county_id, **asked})
    return {(row.kind, row.id): row for row in rows}


def _line(entry: ledger.Entry, key: tuple[str, UUID] | None, row: Any) -> Line:
    if key is None or row is None:
        return Line(entry, _TITLES.get(entry.kind, "积分变动"), None, None, None)
    kind = key[0]
    about = About(_ABOUT.get(kind, kind), row.about)
    if kind == "award":
        deed = explanations.deed(Rule(row.name))
        title = _TITLES.get(entry.kind)
        return Line(entry, title or deed, deed if title else None, about, None)
    if kind == "sale":
        goods = sold((Material(each[0]), each[1], each[2]) for each in row.lines)
        return Line(
            entry, _TITLES[_KIND.SALE if entry.amount > 0 else entry.kind], goods, about, None
        )
    title = _TITLES.get(entry.kind)
    return Line(entry, title or row.name, _more(kind, row, is_back=bool(title)), about, row.name)


def _more(kind: str, row: Any, *, is_back: bool) -> str | None:
    """What stands below the shop's name; below a title, the shop."""
    if is_back:
        return f"{row.name} · {row.more}" if kind != "redemption" else str(row.name)
    if kind == "redemption":
        return f"{row.more}补 {yuan_text(row.fen)} 元" if row.fen else None
    return str(row.more)
