"""A shop's payments: who served, with which card, what goods; never whose points they were."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import text

from app.kernel.db import db
from mall.redemption.queries import ShownRedemption


@dataclass(frozen=True)
class Payment:
    """What the shop reads of a payment beside its amounts."""

    served_by: str | None  # none: by the shop's code
    card_tail: str | None  # of a card's number
    is_by_proxy: bool
    line_count: int
    first_line: str | None


_MORE = text("""
    SELECT r.id, coalesce(u.name, m.name) AS served_by, right(k.number, 3) AS card_tail,
           c.proxy_id IS NOT NULL AS is_by_proxy, l.count AS line_count, l.first AS first_line
      FROM redemptions r
      LEFT JOIN users u ON u.id = r.clerk_id
      LEFT JOIN bindings b ON b.user_id = r.clerk_id AND b.ended_at IS NULL
      LEFT JOIN members m ON m.id = b.member_id
      LEFT JOIN card_uses c ON c.county_id = r.county_id AND c.id = r.card_use_id
      LEFT JOIN cards k ON k.county_id = r.county_id AND k.id = c.card_id
      CROSS JOIN LATERAL (
        SELECT count(*) AS count,
               (array_agg(n.name || ' ' || n.quantity ORDER BY n.position))[1] AS first
          FROM redemption_lines n
         WHERE n.county_id = r.county_id AND n.redemption_id = r.id) l
     WHERE r.county_id = :county AND r.id = ANY (:ids)
""")


def with_more(county_id: int, found: Sequence[ShownRedemption]) -> list[dict[str, Any]]:
    """The payments with what a shop reads beside, in one query."""
    more = _more(county_id, [one.id for one in found])
    return [vars(one) | {"tail": one.tail} | vars(more[one.id]) for one in found]


def _more(county_id: int, ids: list[UUID]) -> dict[UUID, Payment]:
    if not ids:
        return {}
    rows = db.session.execute(_MORE, {"county": county_id, "ids": ids})
    return {
        row.id: Payment(
            row.served_by, row.card_tail, row.is_by_proxy, row.line_count, row.first_line
        )
        for row in rows
    }
