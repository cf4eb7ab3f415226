"""The badges of the role switch: for each of somebody's roles how much waits, and what is next."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text

from app.kernel import clock
from app.kernel.db import db
from app.register.identity.caller import Caller
from app.register.identity.roles import Role


@dataclass(frozen=True)
class Work:
    """What waits for somebody in one role."""

    role: Role
    count: int
    next: str | None  # the next thing to do, in words; none: nothing waits


# In each: how many wait in the places of the role.
_WORK = text("""
    WITH mine AS (
        SELECT g.role, g.place_id FROM role_grants g
         WHERE g.user_id = :user AND g.revoked_at IS NULL),
    area AS (
        SELECT DISTINCT m.role, r.id FROM mine m JOIN regions r ON m.place_id = ANY (r.path)),
    counters AS (
        SELECT DISTINCT m.role, s.id FROM mine m
          JOIN shops s ON s.id = m.place_id OR s.merchant_id = m.place_id
         WHERE m.role IN ('clerk', 'merchant'))
    SELECT
      (SELECT count(*) FROM households h
        WHERE h.liaison_id = :member AND h.id <> :household AND h.state = 'living' AND NOT EXISTS (
          SELECT FROM checks c WHERE c.county_id = :county AND c.household_id = h.id
             AND c.setting = 'door' AND c.at >= :month)) AS liaison,
      (SELECT count(*) FROM reviews v
         JOIN self_checks s ON s.county_id = v.county_id AND s.id = v.self_check_id
        WHERE v.county_id = :county AND v.judged_at IS NULL AND v.round IN ('first', 'second')
          AND s.group_id IN (SELECT id FROM area WHERE role = 'reviewer')) AS reviewer,
      (SELECT count(*) FROM visits v
        WHERE v.county_id = :county AND v.inspector_id = :user AND v.week_on = :week
          AND NOT EXISTS (SELECT FROM visit_results o
                           WHERE o.county_id = v.county_id AND o.visit_id = v.id)) AS inspector,
      (SELECT count(*) FROM orders o
        WHERE o.county_id = :county AND o.ended_at IS NULL
          AND o.shop_id IN (SELECT id FROM counters)) AS orders,
      (SELECT json_object_agg(t.role, t.count) FROM (
         SELECT a.role, count(DISTINCT n.id) FROM area a
           JOIN households h ON h.group_id = a.id
           JOIN notices n ON n.county_id = :county AND n.household_id = h.id
                         AND n.state = 'on_board'
          WHERE a.role IN ('group_leader', 'village_admin', 'town_admin')
          GROUP BY a.role) t) AS to_tell,
      (SELECT json_object_agg(t.role, t.count) FROM (
         SELECT a.role, count(DISTINCT x.id) FROM area a
           JOIN check_conflicts x ON x.county_id = :county AND x.village_id = a.id
                                 AND x.outcome IS NULL
          WHERE a.role IN ('village_admin', 'town_admin', 'county_admin')
          GROUP BY a.role) t) AS conflicts,
      (SELECT count(*) FROM allotments a
        WHERE a.county_id = :county AND a.state = 'proposed' AND a.proposed_by <> :user)
        AS allotments,
      (SELECT count(*) FROM cash_outs c
        WHERE c.county_id = :county AND c.state = 'awaiting_release' AND c.asked_by <> :user)
        AS cash_outs
""")

_Row = Mapping[str, Any]
_Count = Callable[[_Row, str], tuple[int, str]]


def _by_role(row: _Row, name: str, role: str) -> int:
    return int((row[name] or {}).get(role, 0))


_COUNTS: dict[Role, _Count] = {
    Role.LIAISON: lambda row, _: (row["liaison"], "去走访这个月还没去的住户"),
    Role.REVIEWER: lambda row, _: (row["reviewer"], "看等着审核的照片"),
    Role.INSPECTOR: lambda row, _: (row["inspector"], "做完这一周的督查"),
    Role.CLERK: lambda row, _: (row["orders"], "备货、交货"),
    Role.MERCHANT: lambda row, _: (row["orders"], "备货、交货"),
    Role.GROUP_LEADER: lambda row, role: (_by_role(row, "to_tell", role), "当面告知没联系上的住户"),
    Role.VILLAGE_ADMIN: lambda row, role: (
        _by_role(row, "to_tell", role) + _by_role(row, "conflicts", role),
        "核对检查、当面告知",
    ),
    Role.TOWN_ADMIN: lambda row, role: (
        _by_role(row, "to_tell", role) + _by_role(row, "conflicts", role),
        "核对检查、当面告知",
    ),
    Role.COUNTY_ADMIN: lambda row, role: (
        _by_role(row, "conflicts", role) + row["allotments"],
        "核对检查、复核拨款",
    ),
    Role.FINANCE: lambda row, _: (row["cash_outs"] + row["allotments"], "复核提现和拨款"),
}


def work(by: Caller, *, at: datetime) -> list[Work]:
    """What waits for the caller in each of their roles, in one query."""
    day = clock.day_of(at)
    asked = {
        "county": by.county_id,
        "user": by.user_id,
        "member": by.member_id,
        "household": by.household_id or UUID(int=0),
        "month": clock.day_start(day.replace(day=1)),
        "week": day - timedelta(days=day.weekday()),
    }
    row = dict(db.session.execute(_WORK, asked).mappings().one())
    found = []
    for role in sorted(by.roles):
        if role in _COUNTS:
            count, words = _COUNTS[role](row, str(role))
            found.append(Work(role, count, words if count else None))
        elif role not in {Role.VISITOR, Role.RESIDENT}:
            found.append(Work(role, 0, None))
    return found
