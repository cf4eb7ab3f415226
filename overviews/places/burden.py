"""What the programme asks of those who work for it: records, photos and minutes of a week.

Minutes are reckoned from the records themselves: between two of one person that lie at most a
quarter of an hour apart the person was at work, and each stretch begins three minutes before its
first record. It is an estimate, and low rather than high.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import text

from app.kernel import clock
from app.kernel.db import db

LIST_MAX = 500


@dataclass(frozen=True)
class Burden:
    """One person's week."""

    user_id: UUID
    name: str | None
    records: int
    photos: int
    days: int
    minutes: int


_BURDEN = text("""
    WITH inside AS (SELECT id FROM regions WHERE path && CAST(:places AS uuid[])),
    records AS (
        SELECT c.checked_by AS user_id, c.received_at AS at, (c.photo_id IS NOT NULL)::int AS photos
          FROM checks c JOIN households h ON h.id = c.household_id
         WHERE c.county_id = :county AND c.received_at >= :since AND c.received_at < :until
           AND h.group_id IN (SELECT id FROM inside)
        UNION ALL
        SELECT r.inspector_id, r.received_at,
               (SELECT count(*)::int FROM visit_photos p
                 WHERE p.county_id = r.county_id AND p.result_id = r.id)
          FROM visit_results r JOIN households h ON h.id = r.household_id
         WHERE r.county_id = :county AND r.received_at >= :since AND r.received_at < :until
           AND h.group_id IN (SELECT id FROM inside)
        UNION ALL
        SELECT v.judged_by, v.judged_at, 0
          FROM reviews v
          JOIN self_checks s ON s.county_id = v.county_id AND s.id = v.self_check_id
         WHERE v.county_id = :county AND v.judged_at >= :since AND v.judged_at < :until
           AND s.group_id IN (SELECT id FROM inside)
        UNION ALL
        SELECT s.weighed_by, s.sold_at, (s.photo_id IS NOT NULL)::int
          FROM sales s JOIN households h ON h.id = s.household_id
         WHERE s.county_id = :county AND s.sold_at >= :since AND s.sold_at < :until
           AND h.group_id IN (SELECT id FROM inside)
        UNION ALL
        SELECT n.told_by, n.told_at, 0
          FROM notices n JOIN households h ON h.id = n.household_id
         WHERE n.county_id = :county AND n.state = 'told' AND n.told_at >= :since
           AND n.told_at < :until AND h.group_id IN (SELECT id FROM inside)),
    apart AS (
        SELECT user_id, at, photos,
               at - lag(at) OVER (PARTITION BY user_id ORDER BY at) AS since_last
          FROM records WHERE user_id IS NOT NULL)
    SELECT a.user_id, coalesce(u.name, m.name) AS name, count(*) AS records,
           sum(a.photos)::int AS photos,
           count(DISTINCT (a.at AT TIME ZONE 'Asia/Shanghai')::date) AS days,
           ceil(extract(epoch FROM sum(
             CASE WHEN a.since_last <= interval '15 minutes' THEN a.since_last
                  ELSE interval '3 minutes' END)) / 60)::int AS minutes
      FROM apart a
      JOIN users u ON u.id = a.user_id
      LEFT JOIN bindings b ON b.user_id = a.user_id AND b.ended_at IS NULL
      LEFT JOIN members m ON m.id = b.member_id
     GROUP BY a.user_id, u.name, m.name
     ORDER BY minutes DESC, a.user_id LIMIT :limit
""")


def burden(county_id: int, *, places: Collection[UUID], week_on: date) -> list[Burden]:
    """Each person's week in the places, who had most to do first; the week begins on a Monday."""
    asked = {
        "county": county_id,
        "places": list(places),
        "since": clock.day_start(week_on),
        "until": clock.day_start(week_on + timedelta(days=7)),
        "limit": LIST_MAX,
    }
    return [Burden(**row._mapping) for row in db.session.execute(_BURDEN, asked)]
