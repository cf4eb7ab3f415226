"""A place's day as a list of what needs somebody: counts, each with a screen behind it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import text

from app.kernel import clock
from app.kernel.db import db
from app.kernel.ids import first_id
from app.points import ledger
from app.register.regions.errors import RegionNotFound
from app.sorting.inspections.settings import settings_of


@dataclass(frozen=True)
class PlaceToday:
    """What happened today, and what waits. Households, unless it says otherwise."""

    region_id: UUID
    name: str
    kind: str
    on: date
    households: int
    put_out: int  # somebody saw their waste today
    photographed: int
    photos_waiting: int  # photos
    disputes_waiting: int  # photos that were escalated, judged differently or appealed
    conflicts_open: int  # checks
    visits_due: int  # nobody was at their door for too long
    without_liaison: int
    without_phone_or_card: int
    in_care: int
    to_tell: int  # notices that no message could carry
    sales_waiting: int  # large ones that wait for a yes
    visits_left: int  # planned visits of this week without a result
    budget_left_fen: int
    awards_waiting: int  # for the budget alone


_TODAY = text("""
    WITH place AS (
        SELECT id, name, kind FROM regions
         WHERE county_id = :county AND id = :region AND path && CAST(:places AS uuid[])),
    inside AS (SELECT r.id FROM regions r JOIN place p ON p.id = ANY (r.path)),
    homes AS (SELECT h.id, h.liaison_id FROM households h
               WHERE h.county_id = :county AND h.state = 'living'
                 AND h.group_id IN (SELECT id FROM inside)),
    villages AS (
        SELECT r.id FROM regions r JOIN place p ON p.id = ANY (r.path) WHERE r.kind = 'village'
        UNION
        SELECT g.parent_id FROM regions g JOIN place p ON p.id = g.id WHERE g.kind = 'group')
    SELECT p.id, p.name, p.kind,
      (SELECT count(*) FROM homes) AS households,
      (SELECT count(DISTINCT c.household_id) FROM checks c
        WHERE c.county_id = :county AND c.at >= :since AND c.at < :until AND c.is_put_out
          AND c.state = 'counted' AND c.household_id IN (SELECT id FROM homes)) AS put_out,
      (SELECT count(DISTINCT s.household_id) FROM self_checks s
        WHERE s.county_id = :county AND s.id >= CAST(:since_id AS uuid)
          AND s.state IN ('screening', 'waiting', 'escalated', 'approved')
          AND s.group_id IN (SELECT id FROM inside)) AS photographed,
      (SELECT count(*) FROM reviews v
         JOIN self_checks s ON s.county_id = v.county_id AND s.id = v.self_check_id
        WHERE v.county_id = :county AND v.judged_at IS NULL AND v.round = 'first'
          AND s.group_id IN (SELECT id FROM inside)) AS photos_waiting,
      (SELECT count(*) FROM reviews v
         JOIN self_checks s ON s.county_id = v.county_id AND s.id = v.self_check_id
        WHERE v.county_id = :county AND v.judged_at IS NULL AND v.round IN ('third', 'appeal')
          AND s.group_id IN (SELECT id FROM inside)) AS disputes_waiting,
      (SELECT count(*) FROM check_conflicts x
        WHERE x.county_id = :county AND x.outcome IS NULL
          AND x.household_id IN (SELECT id FROM homes)) AS conflicts_open,
      (SELECT count(*) FROM homes h
        WHERE h.liaison_id IS NOT NULL AND NOT EXISTS (
          SELECT FROM checks c WHERE c.county_id = :county AND c.household_id = h.id
             AND c.setting = 'door' AND c.at >= :due)) AS visits_due,
      (SELECT count(*) FROM homes h WHERE h.liaison_id IS NULL) AS without_liaison,
      (SELECT count(*) FROM homes h
        WHERE NOT EXISTS (SELECT FROM bindings b
                           WHERE b.household_id = h.id AND b.ended_at IS NULL)
          AND NOT EXISTS (SELECT FROM cards k
                           WHERE k.county_id = :county AND k.household_id = h.id
                             AND k.state = 'active')) AS without_phone_or_card,
      (SELECT count(*) FROM care_entries e
        WHERE e.county_id = :county AND e.ended_at IS NULL
          AND e.household_id IN (SELECT id FROM homes)) AS in_care,
      (SELECT count(*) FROM notices n
        WHERE n.county_id = :county AND n.state = 'on_board'
          AND n.household_id IN (SELECT id FROM homes)) AS to_tell,
      (SELECT count(*) FROM sales s
        WHERE s.county_id = :county AND s.state = 'awaiting_yes'
          AND s.household_id IN (SELECT id FROM homes)) AS sales_waiting,
      (SELECT count(*) FROM visits v
        WHERE v.county_id = :county AND v.week_on = :week
          AND v.group_id IN (SELECT id FROM inside)
          AND NOT EXISTS (SELECT FROM visit_results o
                           WHERE o.county_id = v.county_id AND o.visit_id = v.id)) AS visits_left,
      ARRAY(SELECT id FROM villages) AS village_ids,
      (SELECT count(*) FROM awards w
        WHERE w.county_id = :county AND w.points > 0 AND w.transfer_id IS NULL
          AND w.reversed_at IS NULL AND (w.notice_until IS NULL OR w.notice_until < :day)
          AND w.village_id IN (SELECT id FROM villages)) AS awards_waiting
    FROM place p
""")


def today(county_id: int, region_id: UUID, *, places: Collection[UUID], at: datetime) -> PlaceToday:
    """The day of a region that is one of the places or lies in one, in three queries.

    Raises:
        RegionNotFound: it lies elsewhere.
    """
    day = clock.day_of(at)
    due_days = settings_of(county_id).visit_due_days
    asked = {
        "county": county_id,
        "region": region_id,
        "places": list(places),
        "day": day,
        "since": clock.day_start(day),
        "until": clock.day_end(day),
        "since_id": first_id(clock.day_start(day)),
        "due": clock.day_start(day - timedelta(days=due_days - 1)),
        "week": day - timedelta(days=day.weekday()),
    }
    row = db.session.execute(_TODAY, asked).one_or_none()
    if row is None:
        raise RegionNotFound()
    values = dict(row._mapping)
    villages = values.pop("village_ids")
    left = ledger.balances(county_id, ledger.AccountKind.VILLAGE_BUDGET, villages)
    return PlaceToday(
        region_id=values.pop("id"), on=day, budget_left_fen=sum(left.values()), **values
    )
