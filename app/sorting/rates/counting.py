"""Counting households' days from the raw rows: the one place that knows what counts as what."""

from typing import Any

from sqlalchemy import text

from app.sorting.rates.models import COUNTERS

# Spans of households, of which everything is counted. Each span must be disjoint from the others
# of its household, and begin and end at a midnight in China.
MARKED = """
    SELECT CAST(:county_id AS bigint) AS county_id, household_id,
           on_day::timestamp AT TIME ZONE 'Asia/Shanghai' AS begins,
           (on_day + 1)::timestamp AT TIME ZONE 'Asia/Shanghai' AS ends
      FROM (SELECT DISTINCT * FROM unnest(CAST(:household_ids AS uuid[]), CAST(:days AS date[]))
            AS marked(household_id, on_day)) marked
"""
EVERYTHING = """
    SELECT county_id, id AS household_id,
           '-infinity'::timestamptz AS begins, 'infinity'::timestamptz AS ends
      FROM households WHERE county_id = :county_id
"""

# One row an event: household, instant, then the counters in their order. A put-out is a day on
# which somebody saw the household's waste; a check that is held or set aside counts for nothing;
# only what a person judged counts as judged.
_EVENTS = """
    SELECT x.household_id, x.at, x.is_put_out::int, 0,
           (x.grade IS NOT NULL)::int, (x.grade IS NOT DISTINCT FROM 'a')::int,
           (x.grade IS NOT DISTINCT FROM 'b')::int, 0, 0, 0, 0
      FROM checks x JOIN spans s ON s.county_id = x.county_id
       AND s.household_id = x.household_id AND x.at >= s.begins AND x.at < s.ends
     WHERE x.state = 'counted'
    UNION ALL
    SELECT x.household_id, x.submitted_at, 0, (x.state NOT IN ('rejected', 'unreadable'))::int,
           0, 0, 0, 0, 0, (x.reviewed_by IS NOT NULL)::int,
           (x.reviewed_by IS NOT NULL AND x.state = 'approved')::int
      FROM self_checks x JOIN spans s ON s.county_id = x.county_id
       AND s.household_id = x.household_id
       AND x.submitted_at >= s.begins AND x.submitted_at < s.ends
    UNION ALL
    SELECT x.household_id, x.at, 0, 0, 0, 0, 0, (x.outcome = 'seen')::int,
           (x.outcome = 'seen' AND x.is_passed)::int, 0, 0
      FROM visit_results x JOIN spans s ON s.county_id = x.county_id
       AND s.household_id = x.household_id AND x.at >= s.begins AND x.at < s.ends
"""
_ONCE_A_DAY = ("put_outs", "self_checks")
_SUMS = ", ".join(
    f"{'max' if counter in _ONCE_A_DAY else 'sum'}({counter}) AS {counter}" for counter in COUNTERS
)
_LIST = ", ".join(COUNTERS)


def counted(spans: str) -> str:
    """The query ``spans, events, counted`` to put after WITH: counters by household and day."""
    return f"""
        spans AS ({spans}),
        events(household_id, at, {_LIST}) AS ({_EVENTS}),
        counted AS (
            SELECT household_id, (at AT TIME ZONE 'Asia/Shanghai')::date AS on_day, {_SUMS}
              FROM events GROUP BY 1, 2)
    """  # noqa: S608 - only constants of this module


# A marked day on which nothing is left to count gets zeros.
COUNT_STALE = text(f"""
    WITH {counted(MARKED)}
    INSERT INTO household_days (county_id, household_id, on_day, {_LIST})
    SELECT :county_id, s.household_id, (s.begins AT TIME ZONE 'Asia/Shanghai')::date,
           {", ".join(f"coalesce(c.{counter}, 0)" for counter in COUNTERS)}
      FROM spans s LEFT JOIN counted c ON c.household_id = s.household_id
       AND c.on_day = (s.begins AT TIME ZONE 'Asia/Shanghai')::date
    ON CONFLICT (county_id, household_id, on_day) DO UPDATE
       SET {", ".join(f"{counter} = excluded.{counter}" for counter in COUNTERS)}
""")  # noqa: S608

COUNT_EVERYTHING = text(f"""
    WITH {counted(EVERYTHING)}
    INSERT INTO household_days (county_id, household_id, on_day, {_LIST})
    SELECT :county_id, household_id, on_day, {_LIST} FROM counted
""")  # noqa: S608

DIFFERENCES = text(f"""
    WITH {counted(EVERYTHING)}
    SELECT coalesce(c.household_id, d.household_id), coalesce(c.on_day, d.on_day)
      FROM counted c
      FULL JOIN (SELECT * FROM household_days WHERE county_id = :county_id) d
        ON d.household_id = c.household_id AND d.on_day = c.on_day
     WHERE ({", ".join(f"coalesce(c.{counter}, 0)" for counter in COUNTERS)})
           IS DISTINCT FROM ({", ".join(f"coalesce(d.{counter}, 0)" for counter in COUNTERS)})
     ORDER BY 2, 1
""")  # noqa: S608

TAKE_MARKS = text("""
    DELETE FROM household_day_marks WHERE id IN (
        SELECT id FROM household_day_marks WHERE county_id = :county_id ORDER BY id LIMIT :most)
    RETURNING household_id, on_day
""")


def stale(county_id: int, rows: list[Any]) -> dict[str, Any]:
    """The parameters of ``COUNT_STALE`` for households' days."""
    return {
        "county_id": county_id,
        "household_ids": [row.household_id for row in rows],
        "days": [row.on_day for row in rows],
    }
