"""Whose an account is, by name: a household by its head, masked, and its group."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import text

from app.kernel.db import db
from app.kernel.secrets import masked_name

_NAMES = text("""
    SELECT h.id, m.name, v.name || g.name AS place
      FROM households h
      JOIN regions g ON g.id = h.group_id
      JOIN regions v ON v.id = h.village_id
      LEFT JOIN members m ON m.household_id = h.id AND m.is_head
     WHERE h.id = ANY (:ids)
    UNION ALL
    SELECT id, NULL, name FROM shops WHERE id = ANY (:ids)
    UNION ALL
    SELECT id, NULL, name FROM regions WHERE id = ANY (:ids)
    UNION ALL
    SELECT id, NULL, name FROM recyclers WHERE id = ANY (:ids)
    UNION ALL
    SELECT id, NULL, name FROM funders WHERE id = ANY (:ids)
""")


def names_of(owners: Iterable[UUID | None]) -> dict[UUID, str]:
    """The names of the owners of accounts, in one query."""
    ids = sorted({owner for owner in owners if owner is not None})
    if not ids:
        return {}
    return {
        id_: f"{place} {masked_name(head)}" if head else place
        for id_, head, place in db.session.execute(_NAMES, {"ids": ids})
    }


_STAFF = text("SELECT id, name FROM users WHERE id = ANY (:ids) AND name IS NOT NULL")
_FLAGS = text("""
    SELECT shop_id, count(*) AS open FROM risk_flags
     WHERE county_id = :county AND state = 'open' AND shop_id = ANY (:ids) GROUP BY shop_id
""")


def staff_names(user_ids: Iterable[UUID | None]) -> dict[UUID, str]:
    """The names of staff, as those read them who decide about what they proposed."""
    ids = sorted({user_id for user_id in user_ids if user_id is not None})
    if not ids:
        return {}
    return {row.id: row.name for row in db.session.execute(_STAFF, {"ids": ids})}


def named(rows: Sequence[Any], **columns: str) -> list[dict[str, Any]]:
    """The rows with names beside ids: ``named(rows, village_name="village_id")``.

    And with who proposed each, by name. In two queries.
    """
    names = names_of(getattr(row, column) for row in rows for column in columns.values())
    staff = staff_names(row.proposed_by for row in rows)
    return [
        vars(row)
        | {name: names.get(getattr(row, column)) for name, column in columns.items()}
        | {"proposed_by_name": staff.get(row.proposed_by)}
        for row in rows
    ]


def open_flags(county_id: int, shop_ids: Iterable[UUID]) -> dict[UUID, int]:
    """How many risk flags are open on each of the shops."""
    ids = sorted(set(shop_ids))
    if not ids:
        return {}
    rows = db.session.execute(_FLAGS, {"county": county_id, "ids": ids})
    return {row.shop_id: row.open for row in rows}
